//! The presenter of the call. In: the core's snapshots and events, pictures, what the person does on the call screen.
//! Out: rows and marks for the screen, commands for the core. Decides nothing that the core decides.

mod banner;
mod constraints;
mod layout;
mod news;
mod people;
mod picture;
mod presenter;
mod speaking;
mod tiles;

pub use picture::{OWN_PICTURE, PictureFeed, PictureStore, PicturesWait, Pixels};
pub use presenter::{CallPresenter, Clock};
