//! The person's list of servers: those that came with the software and those they added, in their order.
//!
//! Facts about presets are not kept here, for they come anew with each version; what the person made of a preset is:
//! its place, their name for it, their notes, and that it was taken off.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::StoreError;
use crate::{Store, from_sql, to_sql};

/// More servers than anybody keeps.
pub const MAX_SERVERS: usize = 200;
const MAX_ADDRESS_BYTES: usize = 1024;
const MAX_NAME_BYTES: usize = 400;
const MAX_NOTES_BYTES: usize = 8 * 1024;

/// A server as the person keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredServer {
    /// Host, with port and tenant where they are needed.
    pub address: String,
    /// The person's name for it; empty if they gave none.
    pub name: String,
    /// The person's words about it.
    pub notes: String,
    /// Came with the software.
    pub preset: bool,
}

impl Store {
    /// The servers in the person's order, those they took off left out.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn servers(&self) -> Result<Vec<StoredServer>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT address, name, notes, preset FROM servers WHERE NOT removed ORDER BY position, address",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(StoredServer {
                address: row.get(0)?,
                name: row.get(1)?,
                notes: row.get(2)?,
                preset: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Brings the presets of this version in: new ones at the end, none that the person took off. One that is a preset
    /// no longer goes, unless the person named it or wrote about it: then it is theirs.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn merge_presets(&self, addresses: &[&str]) -> Result<(), StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        for address in addresses {
            insert(
                &transaction,
                &StoredServer { address: (*address).to_owned(), preset: true, ..Default::default() },
            )?;
            transaction.execute("UPDATE servers SET preset = 1 WHERE address = ?1", [address])?;
        }
        let known: Vec<String> = transaction
            .prepare("SELECT address FROM servers WHERE preset")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for address in known.iter().filter(|address| !addresses.contains(&address.as_str())) {
            transaction.execute(
                "DELETE FROM servers WHERE address = ?1 AND (removed OR (name = '' AND notes = ''))",
                [address],
            )?;
            transaction.execute("UPDATE servers SET preset = 0 WHERE address = ?1", [address])?;
        }
        Ok(transaction.commit()?)
    }

    /// Adds a server at the end, or puts one back that was taken off. Tells whether it is new on the list; one that is
    /// there already stays as it is.
    ///
    /// # Errors
    /// When the database refuses; [`StoreError::TooLarge`] for long texts and a long list.
    pub fn add_server(&self, server: &StoredServer) -> Result<bool, StoreError> {
        self.add_servers(std::slice::from_ref(server)).map(|added| added > 0)
    }

    /// Adds several, all or none. Tells how many are new.
    ///
    /// # Errors
    /// As [`Store::add_server`].
    pub fn add_servers(&self, servers: &[StoredServer]) -> Result<usize, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut added = 0;
        for server in servers {
            check(&server.address, &server.name, &server.notes)?;
            added += usize::from(put(&transaction, server)?);
        }
        let count: i64 =
            transaction.query_row("SELECT count(*) FROM servers WHERE NOT removed", [], |row| row.get(0))?;
        if from_sql(count) > to_u64(MAX_SERVERS) {
            return Err(StoreError::TooLarge);
        }
        transaction.commit()?;
        Ok(added)
    }

    /// Changes the person's name for a server and their notes. Tells whether it is on the list.
    ///
    /// # Errors
    /// When the database refuses; [`StoreError::TooLarge`] for long texts.
    pub fn edit_server(&self, address: &str, name: &str, notes: &str) -> Result<bool, StoreError> {
        check(address, name, notes)?;
        let changed = self.connection.execute(
            "UPDATE servers SET name = ?2, notes = ?3 WHERE address = ?1 AND NOT removed",
            params![address, name, notes],
        )?;
        Ok(changed > 0)
    }

    /// Takes a server off. A preset is remembered as taken off, so that it does not come back by itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn remove_server(&self, address: &str) -> Result<(), StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("DELETE FROM servers WHERE address = ?1 AND NOT preset", [address])?;
        transaction
            .execute("UPDATE servers SET removed = 1, name = '', notes = '' WHERE address = ?1", [address])?;
        Ok(transaction.commit()?)
    }

    /// Moves a server within the list; beyond its end means the end.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn move_server(&self, address: &str, position: usize) -> Result<(), StoreError> {
        let mut order: Vec<String> = self.servers()?.into_iter().map(|server| server.address).collect();
        let Some(from) = order.iter().position(|known| known == address) else { return Ok(()) };
        let moved = order.remove(from);
        order.insert(position.min(order.len()), moved);
        let transaction = self.connection.unchecked_transaction()?;
        for (position, address) in order.iter().enumerate() {
            transaction.execute(
                "UPDATE servers SET position = ?2 WHERE address = ?1",
                params![address, to_sql(to_u64(position))],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Puts back the presets that were taken off, at the end.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn restore_presets(&self) -> Result<(), StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let removed: Vec<String> = transaction
            .prepare("SELECT address FROM servers WHERE removed ORDER BY position, address")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for address in removed {
            let next = next_position(&transaction)?;
            transaction.execute(
                "UPDATE servers SET removed = 0, position = ?2 WHERE address = ?1",
                params![address, next],
            )?;
        }
        Ok(transaction.commit()?)
    }
}

fn check(address: &str, name: &str, notes: &str) -> Result<(), StoreError> {
    let fits =
        address.len() <= MAX_ADDRESS_BYTES && name.len() <= MAX_NAME_BYTES && notes.len() <= MAX_NOTES_BYTES;
    if fits { Ok(()) } else { Err(StoreError::TooLarge) }
}

/// Whether the server is new on the list.
fn put(connection: &Connection, server: &StoredServer) -> rusqlite::Result<bool> {
    let removed: Option<bool> = connection
        .query_row("SELECT removed FROM servers WHERE address = ?1", [&server.address], |row| row.get(0))
        .optional()?;
    match removed {
        None => insert(connection, server).map(|()| true),
        Some(true) => {
            let next = next_position(connection)?;
            connection.execute(
                "UPDATE servers SET removed = 0, position = ?2, name = ?3, notes = ?4 WHERE address = ?1",
                params![server.address, next, server.name, server.notes],
            )?;
            Ok(true)
        }
        Some(false) => Ok(false),
    }
}

/// At the end, unless the address is there in any state.
fn insert(connection: &Connection, server: &StoredServer) -> rusqlite::Result<()> {
    let next = next_position(connection)?;
    connection.execute(
        "INSERT OR IGNORE INTO servers (address, position, name, notes, preset, removed) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
        params![server.address, next, server.name, server.notes, server.preset],
    )?;
    Ok(())
}

fn next_position(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(position) + 1, 0) FROM servers WHERE NOT removed", [], |row| {
        row.get(0)
    })
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        let store = Store::open_in_memory().expect("memory");
        store.merge_presets(&["meet.one.example", "meet.two.example"]).expect("presets");
        store
    }

    fn own(address: &str) -> StoredServer {
        StoredServer { address: address.to_owned(), ..StoredServer::default() }
    }

    fn order(store: &Store) -> Vec<String> {
        store.servers().expect("a list").into_iter().map(|server| server.address).collect()
    }

    #[test]
    fn a_list_begins_with_the_presets_and_grows() {
        let store = store();
        assert_eq!(order(&store), ["meet.one.example", "meet.two.example"]);
        let pub_server =
            StoredServer { name: "Pub".to_owned(), notes: "Ben runs it".to_owned(), ..own("pub.example") };
        assert!(store.add_server(&pub_server).expect("writable"));
        assert!(!store.add_server(&own("pub.example")).expect("writable"), "it is there already");
        assert_eq!(store.servers().expect("a list")[2], pub_server, "and keeps its name");
        store.merge_presets(&["meet.one.example", "meet.two.example"]).expect("presets");
        assert_eq!(order(&store), ["meet.one.example", "meet.two.example", "pub.example"]);
    }

    #[test]
    fn servers_move_and_are_renamed() {
        let store = store();
        store.add_server(&own("pub.example")).expect("writable");
        store.move_server("pub.example", 0).expect("writable");
        assert_eq!(order(&store), ["pub.example", "meet.one.example", "meet.two.example"]);
        store.move_server("pub.example", 99).expect("writable");
        store.move_server("meet.two.example", 0).expect("writable");
        store.move_server("nobody.example", 0).expect("writable");
        assert_eq!(order(&store), ["meet.two.example", "meet.one.example", "pub.example"]);
        assert!(store.edit_server("meet.one.example", "One", "fast").expect("writable"));
        assert!(!store.edit_server("nobody.example", "x", "").expect("writable"));
        let one = &store.servers().expect("a list")[1];
        assert_eq!((one.name.as_str(), one.notes.as_str(), one.preset), ("One", "fast", true));
    }

    #[test]
    fn a_removed_preset_stays_away_until_it_is_wanted() {
        let store = store();
        store.remove_server("meet.one.example").expect("writable");
        store.merge_presets(&["meet.one.example", "meet.two.example", "meet.new.example"]).expect("presets");
        assert_eq!(order(&store), ["meet.two.example", "meet.new.example"]);
        store.restore_presets().expect("writable");
        assert_eq!(order(&store), ["meet.two.example", "meet.new.example", "meet.one.example"]);
        store.remove_server("meet.two.example").expect("writable");
        assert!(
            store.add_server(&own("meet.two.example")).expect("writable"),
            "adding it by hand puts it back"
        );
        assert!(store.servers().expect("a list")[2].preset);
        store.add_server(&own("pub.example")).expect("writable");
        store.remove_server("pub.example").expect("writable");
        store.restore_presets().expect("writable");
        assert!(!order(&store).contains(&"pub.example".to_owned()), "one's own are gone for good");
    }

    #[test]
    fn a_withdrawn_preset_goes_unless_the_person_made_it_theirs() {
        let store = store();
        store.edit_server("meet.two.example", "", "our club").expect("writable");
        store.merge_presets(&[]).expect("presets");
        let left = store.servers().expect("a list");
        assert_eq!(left.len(), 1);
        assert!(left[0].address == "meet.two.example" && !left[0].preset);
    }

    #[test]
    fn many_are_added_all_or_none() {
        let store = store();
        let mut list = vec![own("a.example"), own("meet.one.example"), own("a.example"), own("b.example")];
        assert_eq!(store.add_servers(&list).expect("writable"), 2);
        list.push(StoredServer { notes: "x".repeat(9000), ..own("c.example") });
        list.insert(0, own("d.example"));
        assert!(matches!(store.add_servers(&list), Err(StoreError::TooLarge)));
        let crowd: Vec<StoredServer> = (0..MAX_SERVERS).map(|n| own(&format!("s{n}.example"))).collect();
        assert!(matches!(store.add_servers(&crowd), Err(StoreError::TooLarge)));
        assert_eq!(order(&store), ["meet.one.example", "meet.two.example", "a.example", "b.example"]);
    }
}
