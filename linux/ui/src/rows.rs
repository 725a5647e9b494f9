//! Keeps a list on screen in step with another, touching only the rows that differ: what did not change is not drawn
//! again, and the keyboard's focus stays where it is.

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

/// Makes `rows` equal to `list`.
fn bring<T: Clone + PartialEq + 'static>(rows: &VecModel<T>, list: Vec<T>) {
    while rows.row_count() > list.len() {
        rows.remove(rows.row_count() - 1);
    }
    for (index, row) in list.into_iter().enumerate() {
        match rows.row_data(index) {
            Some(old) if old == row => {}
            Some(_) => rows.set_row_data(index, row),
            None => rows.push(row),
        }
    }
}

/// The model to show `list` by: the shown one, changed where it differs, or a new one.
pub(crate) fn follow<T: Clone + PartialEq + 'static>(shown: ModelRc<T>, list: Vec<T>) -> ModelRc<T> {
    let Some(rows) = shown.as_any().downcast_ref::<VecModel<T>>() else {
        return ModelRc::from(Rc::new(VecModel::from(list)));
    };
    bring(rows, list);
    shown
}

/// A model that is told whole lists.
pub(crate) struct Rows<T>(Rc<VecModel<T>>);

impl<T: Clone + PartialEq + 'static> Rows<T> {
    pub(crate) fn new() -> Self {
        Self(Rc::new(VecModel::default()))
    }

    /// What the screen shows.
    pub(crate) fn model(&self) -> ModelRc<T> {
        ModelRc::from(Rc::clone(&self.0))
    }

    /// Shows `list`.
    pub(crate) fn set(&self, list: Vec<T>) {
        bring(&self.0, list);
    }

    /// Replaces one row.
    pub(crate) fn set_row(&self, index: usize, row: T) {
        if index < self.0.row_count() {
            self.0.set_row_data(index, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_model_follows_a_list() {
        let mut model = follow(ModelRc::default(), vec![1, 2, 3]);
        for list in [vec![1, 5], vec![], vec![7, 8, 9, 10]] {
            let next = follow(model.clone(), list.clone());
            assert_eq!(next, model, "the model was replaced");
            assert_eq!(next.iter().collect::<Vec<_>>(), list);
            model = next;
        }
    }

    #[test]
    fn rows_are_told_whole_lists_and_single_rows() {
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
