//! Keeps a model of the screen in step with a list, touching only the rows that differ: what did not change is not
//! drawn again, and the keyboard's focus stays where it is.

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

/// A model that is told whole lists.
pub(super) struct Rows<T>(Rc<VecModel<T>>);

impl<T: Clone + PartialEq + 'static> Rows<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(VecModel::default()))
    }

    /// What the screen shows.
    pub(super) fn model(&self) -> ModelRc<T> {
        ModelRc::from(Rc::clone(&self.0))
    }

    /// Shows `list`.
    pub(super) fn set(&self, list: Vec<T>) {
        while self.0.row_count() > list.len() {
            self.0.remove(self.0.row_count() - 1);
        }
        for (index, row) in list.into_iter().enumerate() {
            match self.0.row_data(index) {
                Some(old) if old == row => {}
                Some(_) => self.0.set_row_data(index, row),
                None => self.0.push(row),
            }
        }
    }

    /// Replaces one row.
    pub(super) fn set_row(&self, index: usize, row: T) {
        if index < self.0.row_count() {
            self.0.set_row_data(index, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_followed() {
        let rows = Rows::new();
        for list in [vec![1, 2, 3], vec![1, 5], vec![], vec![7, 8, 9, 10]] {
            rows.set(list.clone());
            assert_eq!(rows.model().iter().collect::<Vec<_>>(), list);
        }
        rows.set_row(1, 0);
        rows.set_row(99, 0);
        assert_eq!(rows.model().iter().collect::<Vec<_>>(), [7, 0, 9, 10]);
    }
}
