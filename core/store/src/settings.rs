//! Settings: a typed getter and setter each, and a drawer for what only a front end understands.

use rusqlite::{OptionalExtension as _, params};

use crate::Store;
use crate::error::StoreError;

const DISPLAY_NAME: &str = "display-name";
const PREFERRED_SERVER: &str = "preferred-server";
const MICROPHONE_OFF: &str = "microphone-off";
const CAMERA_OFF: &str = "camera-off";
const KEEPS_HISTORY: &str = "keeps-history";
const MACHINE_ID: &str = "machine-id";
const PREFERENCES: &str = "preferences";
/// Followed by what the device is for.
const DEVICE: &str = "device.";
/// Apart from the keys above, whatever a front end calls its own.
const FRONT_END: &str = "ui.";

const MAX_VALUE_BYTES: usize = 16 * 1024;

impl Store {
    /// The name to join with.
    ///
    /// # Errors
    /// When the database refuses, as in all methods here.
    pub fn display_name(&self) -> Result<Option<String>, StoreError> {
        self.value(DISPLAY_NAME)
    }

    /// Sets the name; nothing and blanks forget it.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] beyond 16 kB, as in all setters here.
    pub fn set_display_name(&self, name: Option<&str>) -> Result<(), StoreError> {
        self.set_value(DISPLAY_NAME, name.map(str::trim).filter(|name| !name.is_empty()))
    }

    /// The server for bare room names.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn preferred_server(&self) -> Result<Option<String>, StoreError> {
        self.value(PREFERRED_SERVER)
    }

    /// Sets the server; nothing and blanks forget it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_preferred_server(&self, server: Option<&str>) -> Result<(), StoreError> {
        self.set_value(PREFERRED_SERVER, server.map(str::trim).filter(|server| !server.is_empty()))
    }

    /// Whether the person joins with the microphone off; `None` when never chosen.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn microphone_off(&self) -> Result<Option<bool>, StoreError> {
        self.flag(MICROPHONE_OFF)
    }

    /// Keeps that choice.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_microphone_off(&self, off: bool) -> Result<(), StoreError> {
        self.set_flag(MICROPHONE_OFF, off)
    }

    /// Whether the person joins with the camera off; `None` when never chosen.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn camera_off(&self) -> Result<Option<bool>, StoreError> {
        self.flag(CAMERA_OFF)
    }

    /// Keeps that choice.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_camera_off(&self, off: bool) -> Result<(), StoreError> {
        self.set_flag(CAMERA_OFF, off)
    }

    /// Whether meetings are remembered; they are unless someone switched it off.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keeps_history(&self) -> Result<bool, StoreError> {
        Ok(self.flag(KEEPS_HISTORY)?.unwrap_or(true))
    }

    /// Switches remembering on or off; off also forgets all that is remembered.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_keeps_history(&self, keeps: bool) -> Result<(), StoreError> {
        self.set_flag(KEEPS_HISTORY, keeps)?;
        if !keeps {
            self.forget_all_meetings()?;
        }
        Ok(())
    }

    /// All other settings, as the one text they were kept in.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn preferences(&self) -> Result<Option<String>, StoreError> {
        self.value(PREFERENCES)
    }

    /// Keeps them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_preferences(&self, text: &str) -> Result<(), StoreError> {
        self.set_value(PREFERENCES, Some(text))
    }

    /// The id of the device that was chosen for `purpose`, such as `microphone`.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn chosen_device(&self, purpose: &str) -> Result<Option<String>, StoreError> {
        self.value(&format!("{DEVICE}{purpose}"))
    }

    /// Keeps that choice, or forgets it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_chosen_device(&self, purpose: &str, id: Option<&str>) -> Result<(), StoreError> {
        self.set_value(&format!("{DEVICE}{purpose}"), id)
    }

    /// The id of this installation, 32 hex digits: the one that is kept, or one made of `random` and kept from now on.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn machine_id(&self, random: [u8; 16]) -> Result<String, StoreError> {
        let kept = self.value(MACHINE_ID)?.filter(|id| is_machine_id(id));
        match kept {
            Some(id) => Ok(id),
            None => self.renew_machine_id(random),
        }
    }

    /// Replaces the id of this installation.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn renew_machine_id(&self, random: [u8; 16]) -> Result<String, StoreError> {
        let id = format!("{:032x}", u128::from_be_bytes(random));
        self.set_value(MACHINE_ID, Some(&id))?;
        Ok(id)
    }

    /// A value that only the front end understands, such as its theme.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn front_end_value(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.value(&format!("{FRONT_END}{key}"))
    }

    /// Keeps such a value, or forgets it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_front_end_value(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        self.set_value(&format!("{FRONT_END}{key}"), value)
    }

    fn value(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn set_value(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) if key.len() + value.len() > MAX_VALUE_BYTES => return Err(StoreError::TooLarge),
            Some(value) => self.connection.execute(
                "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)",
                params![key, value],
            )?,
            None => self.connection.execute("DELETE FROM settings WHERE key = ?1", [key])?,
        };
        Ok(())
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, StoreError> {
        Ok(self.value(key)?.and_then(|word| word.parse().ok()))
    }

    fn set_flag(&self, key: &str, flag: bool) -> Result<(), StoreError> {
        self.set_value(key, Some(if flag { "true" } else { "false" }))
    }
}

fn is_machine_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
