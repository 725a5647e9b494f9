//! Keeps a list on screen in step with another, touching only the rows that differ: what did not change is not drawn
//! again, and the keyboard's focus stays where it is.

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

/// The model to show `list` by: the shown one, changed where it differs, or a new one.
pub(crate) fn follow<T: Clone + PartialEq + 'static>(shown: ModelRc<T>, list: Vec<T>) -> ModelRc<T> {
    let Some(rows) = shown.as_any().downcast_ref::<VecModel<T>>() else {
        return ModelRc::from(Rc::new(VecModel::from(list)));
    };
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
    shown
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
}
