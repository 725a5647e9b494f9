//! Everything that is kept, everything that is forgotten, and files that are no good.

use std::fs;
use std::path::PathBuf;

use super::*;

const DAY: u64 = 86_400_000;

fn memory() -> Store {
    Store::open_in_memory().expect("memory")
}

fn meeting(room: &str, last_joined_ms: u64) -> RecentMeeting {
    RecentMeeting {
        url: format!("https://meet.example.org/{room}"),
        room: room.to_owned(),
        server: "meet.example.org".to_owned(),
        last_joined_ms,
    }
}

fn rooms(store: &Store) -> Vec<String> {
    store.recent_meetings(100).expect("a list").into_iter().map(|meeting| meeting.room).collect()
}

/// A folder of this test's own, gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("treff-store-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("data").join("treff.sqlite")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.join("data")).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.ends_with("-shm") && !name.ends_with("-wal"));
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn preferences_and_chosen_devices_are_kept_apart() {
    let store = memory();
    assert_eq!(store.preferences().expect("readable"), None);
    store.set_preferences("{}").expect("writable");
    store.set_chosen_device("microphone", Some("usb-1")).expect("writable");
    store.set_chosen_device("camera", Some("cam-1")).expect("writable");
    store.set_chosen_device("camera", None).expect("writable");
    assert_eq!(store.preferences().expect("readable").as_deref(), Some("{}"));
    assert_eq!(store.chosen_device("microphone").expect("readable").as_deref(), Some("usb-1"));
    assert_eq!(store.chosen_device("camera").expect("readable"), None);
    assert_eq!(store.front_end_value("microphone").expect("readable"), None);
}

#[test]
fn settings_are_typed_and_can_be_forgotten() {
    let store = memory();
    assert_eq!(store.display_name().expect("readable"), None);
    store.set_display_name(Some("  Ada Lovelace ")).expect("writable");
    store.set_preferred_server(Some("https://meet.example.org/")).expect("writable");
    assert_eq!(store.display_name().expect("readable").as_deref(), Some("Ada Lovelace"));
    assert_eq!(store.preferred_server().expect("readable").as_deref(), Some("https://meet.example.org/"));
    store.set_display_name(Some(" ")).expect("writable");
    store.set_preferred_server(None).expect("writable");
    assert_eq!(store.display_name().expect("readable"), None);
    assert_eq!(store.preferred_server().expect("readable"), None);

    assert_eq!(
        (store.microphone_off().expect("readable"), store.camera_off().expect("readable")),
        (None, None)
    );
    store.set_microphone_off(true).expect("writable");
    store.set_camera_off(false).expect("writable");
    assert_eq!(store.microphone_off().expect("readable"), Some(true));
    assert_eq!(store.camera_off().expect("readable"), Some(false));

    store.set_front_end_value("theme", Some("dark")).expect("writable");
    store.set_front_end_value("display-name", Some("not the name")).expect("writable");
    assert_eq!(store.front_end_value("theme").expect("readable").as_deref(), Some("dark"));
    assert_eq!(store.display_name().expect("readable"), None, "a front end's keys are its own");
    let long = "x".repeat(20_000);
    assert!(matches!(store.set_display_name(Some(&long)), Err(StoreError::TooLarge)));
}

#[test]
fn the_machine_id_stays_until_it_is_renewed() {
    let store = memory();
    let first = store.machine_id([0xab; 16]).expect("an id");
    assert_eq!(first, "ab".repeat(16));
    assert_eq!(store.machine_id([1; 16]).expect("an id"), first);
    assert_eq!(store.renew_machine_id([0; 16]).expect("an id"), "0".repeat(32));
    assert_eq!(store.machine_id([1; 16]).expect("an id"), "0".repeat(32));
    store.connection.execute("UPDATE settings SET value = 'x' WHERE key = 'machine-id'", []).expect("broken");
    assert_eq!(store.machine_id([2; 16]).expect("an id"), "02".repeat(16));
}

#[test]
fn recent_meetings_come_newest_first_and_once_each() {
    let store = memory();
    for (room, day) in [("standup", 1), ("retro", 2), ("standup", 3), ("plan", 2)] {
        store.remember_meeting(&meeting(room, day * DAY)).expect("writable");
    }
    assert_eq!(rooms(&store), ["standup", "plan", "retro"]);
    assert_eq!(store.recent_meetings(1).expect("a list"), [meeting("standup", 3 * DAY)]);
    assert!(store.forget_meeting("https://meet.example.org/plan").expect("writable"));
    assert!(!store.forget_meeting("https://meet.example.org/plan").expect("writable"));
    assert_eq!(rooms(&store), ["standup", "retro"]);
    assert_eq!(store.forget_all_meetings().expect("writable"), 2);
    assert!(rooms(&store).is_empty());
}

#[test]
fn recent_meetings_are_capped_and_hold_no_secrets() {
    let store = memory();
    for day in 0..60 {
        store.remember_meeting(&meeting(&format!("room-{day}"), day * DAY)).expect("writable");
    }
    let rooms = rooms(&store);
    assert_eq!(rooms.len(), 50);
    assert_eq!((rooms[0].as_str(), rooms[49].as_str()), ("room-59", "room-10"));

    let mut secret = meeting("board", 100 * DAY);
    secret.url.push_str("?jwt=eyJhbGciOi.x.y#config.subject=%22Plan%22");
    store.remember_meeting(&secret).expect("writable");
    assert_eq!(store.recent_meetings(1).expect("a list")[0].url, "https://meet.example.org/board");
    assert!(store.forget_meeting(&secret.url).expect("writable"), "the long form names the same meeting");
    secret.room = "x".repeat(5000);
    assert!(matches!(store.remember_meeting(&secret), Err(StoreError::TooLarge)));
    store.remember_meeting(&meeting("late", u64::MAX)).expect("writable");
    assert_eq!(self::rooms(&store)[0], "late");
}

#[test]
fn without_history_nothing_is_remembered() {
    let store = memory();
    store.remember_meeting(&meeting("standup", DAY)).expect("writable");
    store.cache_config("https://meet.example.org/", "var config = {};", DAY).expect("writable");
    assert!(store.keeps_history().expect("readable"));
    store.set_keeps_history(false).expect("writable");
    store.remember_meeting(&meeting("retro", DAY)).expect("writable");
    assert!(rooms(&store).is_empty());
    assert_eq!(store.cached_config("https://meet.example.org/").expect("readable"), None);
    store.set_keeps_history(true).expect("writable");
    store.remember_meeting(&meeting("plan", DAY)).expect("writable");
    assert_eq!(rooms(&store), ["plan"]);
}

#[test]
fn one_configuration_a_server() {
    let store = memory();
    let base = "https://meet.example.org/";
    assert_eq!(store.cached_config(base).expect("readable"), None);
    store.cache_config(base, "var config = { a: 1 };", DAY).expect("writable");
    store.cache_config(base, "var config = { a: 2 };", 2 * DAY).expect("writable");
    let config = CachedConfig { text: "var config = { a: 2 };".to_owned(), fetched_ms: 2 * DAY };
    assert_eq!(store.cached_config(base).expect("readable"), Some(config));
    for server in 0..40 {
        store.cache_config(&format!("https://{server}.example/"), "x", (server + 3) * DAY).expect("writable");
    }
    assert_eq!(store.cached_config(base).expect("readable"), None, "32 others were fetched since");
    assert!(store.cached_config("https://39.example/").expect("readable").is_some());
    assert!(matches!(store.cache_config(base, &"x".repeat(2 << 20), 0), Err(StoreError::TooLarge)));
}

#[test]
fn the_last_meeting_of_a_server_takes_its_configuration_along() {
    let store = memory();
    let (base, other) = ("https://meet.example.org/", "https://other.example/");
    store.cache_config(base, "x", DAY).expect("writable");
    store.cache_config(other, "x", DAY).expect("writable");
    store.remember_meeting(&meeting("standup", DAY)).expect("writable");
    store.remember_meeting(&meeting("retro", DAY)).expect("writable");
    store.forget_meeting("https://meet.example.org/standup").expect("writable");
    assert!(store.cached_config(base).expect("readable").is_some());
    store.forget_meeting("https://meet.example.org/retro").expect("writable");
    assert!(store.cached_config(base).expect("readable").is_none());
    assert!(store.cached_config(other).expect("readable").is_some());
}

#[test]
fn a_file_keeps_it_all_for_the_next_start() {
    let folder = Folder::new("next-start");
    let store = Store::open(&folder.file()).expect("a store in a folder it makes");
    assert_eq!(store.set_aside(), None);
    store.set_display_name(Some("Ben")).expect("writable");
    store.remember_meeting(&meeting("standup", DAY)).expect("writable");
    let mode: String =
        store.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).expect("a mode");
    assert_eq!(mode, "wal");
    drop(store);
    let store = Store::open(&folder.file()).expect("the same store");
    assert_eq!(store.display_name().expect("readable").as_deref(), Some("Ben"));
    assert_eq!(rooms(&store), ["standup"]);
    assert_eq!(store.set_aside(), None);
}

#[test]
fn two_instances_can_use_one_file() {
    let folder = Folder::new("two-instances");
    let first = Store::open(&folder.file()).expect("a store");
    let second = Store::open(&folder.file()).expect("the same store");
    first.set_display_name(Some("Cleo")).expect("writable");
    assert_eq!(second.display_name().expect("readable").as_deref(), Some("Cleo"));
    second.remember_meeting(&meeting("standup", DAY)).expect("writable");
    assert_eq!(first.forget_all_meetings().expect("writable"), 1);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("owner");
    let _store = Store::open(&folder.file()).expect("a store");
    assert_eq!(fs::metadata(folder.file()).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_forgotten_is_gone_from_the_disk() {
    let folder = Folder::new("gone");
    let store = Store::open(&folder.file()).expect("a store");
    store.remember_meeting(&meeting("confidential-board-meeting", DAY)).expect("writable");
    let on_disk = || {
        fs::read_dir(folder.0.join("data")).expect("a folder").any(|entry| {
            let bytes = fs::read(entry.expect("a file").path()).expect("readable");
            bytes.windows(12).any(|window| window == b"confidential")
        })
    };
    assert!(on_disk());
    store.forget_meeting("https://meet.example.org/confidential-board-meeting").expect("writable");
    assert!(!on_disk());
}

#[test]
fn damaged_files_are_set_aside_and_numbered() {
    let folder = Folder::new("damaged");
    fs::create_dir_all(folder.0.join("data")).expect("a folder");
    for number in 1..=11_usize {
        fs::write(folder.file(), format!("this is no database, {number}")).expect("writable");
        let store = Store::open(&folder.file()).expect("a fresh store");
        let expected = folder.0.join("data").join(format!("treff.sqlite.damaged-{}", number.min(9)));
        assert_eq!(store.set_aside(), Some(&SetAside::Damaged(expected.clone())));
        assert_eq!(fs::read_to_string(expected).expect("kept"), format!("this is no database, {number}"));
        store.set_display_name(Some("Ada")).expect("writable");
        drop(store);
    }
    assert_eq!(folder.names().len(), 10);
    let store = Store::open(&folder.file()).expect("the last fresh one");
    assert_eq!(store.display_name().expect("readable").as_deref(), Some("Ada"));
}

#[test]
fn damage_inside_the_file_and_a_foreign_schema_are_found() {
    let folder = Folder::new("inside");
    let store = Store::open(&folder.file()).expect("a store");
    for day in 0..50 {
        store.remember_meeting(&meeting(&format!("room-{day}-{}", "x".repeat(500)), day)).expect("writable");
    }
    drop(store);
    let mut bytes = fs::read(folder.file()).expect("readable");
    let length = bytes.len();
    bytes[4096..length].fill(0x5a);
    fs::write(folder.file(), &bytes).expect("writable");
    let store = Store::open(&folder.file()).expect("a fresh store");
    assert!(matches!(store.set_aside(), Some(SetAside::Damaged(_))));
    assert!(rooms(&store).is_empty());
    store.connection.execute_batch("DROP TABLE settings").expect("a schema that is not ours");
    drop(store);
    let store = Store::open(&folder.file()).expect("a fresh store");
    assert!(matches!(store.set_aside(), Some(SetAside::Damaged(_))));
    assert_eq!(store.display_name().expect("readable"), None);
    assert_eq!(folder.names(), ["treff.sqlite", "treff.sqlite.damaged-1", "treff.sqlite.damaged-2"]);
}

#[test]
fn a_file_cut_anywhere_never_stops_the_start() {
    let folder = Folder::new("cut");
    let store = Store::open(&folder.file()).expect("a store");
    store.remember_meeting(&meeting("standup", DAY)).expect("writable");
    drop(store);
    let whole = fs::read(folder.file()).expect("readable");
    for length in (0..whole.len()).step_by(whole.len() / 23 + 1) {
        fs::write(folder.file(), &whole[..length]).expect("writable");
        let store = Store::open(&folder.file()).expect("some store");
        store.set_display_name(Some("Ben")).expect("writable");
    }
}

#[test]
fn a_newer_file_is_set_aside_untouched() {
    let folder = Folder::new("newer");
    let store = Store::open(&folder.file()).expect("a store");
    store.set_display_name(Some("Ada")).expect("writable");
    store.connection.pragma_update(None, "user_version", 99).expect("from the future");
    drop(store);
    let store = Store::open(&folder.file()).expect("a fresh store");
    let newer = folder.0.join("data").join("treff.sqlite.newer-1");
    assert_eq!(store.set_aside(), Some(&SetAside::Newer(newer.clone())));
    assert_eq!(store.display_name().expect("readable"), None);
    let kept = Connection::open(newer).expect("still a database");
    let name: String =
        kept.query_row("SELECT value FROM settings", [], |row| row.get(0)).expect("with its data");
    assert_eq!(name, "Ada");
}

#[test]
fn what_cannot_be_opened_is_an_error_without_a_path() {
    let folder = Folder::new("no-file");
    fs::create_dir_all(folder.file()).expect("a folder where the file should be");
    let error = Store::open(&folder.file()).expect_err("no store");
    assert!(!error.to_string().contains("treff-store"), "{error}");
    assert!(folder.file().is_dir(), "and nothing was moved");
}

#[test]
fn a_file_of_the_first_version_keeps_everything_and_learns_of_servers() {
    let folder = Folder::new("first-version");
    let store = Store::open(&folder.file()).expect("a store");
    store.set_display_name(Some("Ada")).expect("writable");
    store.connection.execute_batch("DROP TABLE servers; PRAGMA user_version = 1").expect("as it was");
    drop(store);
    let store = Store::open(&folder.file()).expect("a store");
    assert_eq!(store.set_aside(), None);
    assert_eq!(store.display_name().expect("readable").as_deref(), Some("Ada"));
    let server = StoredServer { address: "meet.example.org".to_owned(), ..StoredServer::default() };
    assert!(store.add_server(&server).expect("writable"));
    drop(store);
    assert_eq!(Store::open(&folder.file()).expect("a store").servers().expect("a list"), [server]);
}
