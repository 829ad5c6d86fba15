//! Trees that people re-arrange: nothing comes to stand below itself.

use std::collections::HashMap;
use std::hash::Hash;

/// Who stands directly below whom.
pub type Parents<T> = HashMap<T, Option<T>>;

/// Whether putting `moved` below `under` would put it below itself. Whatever was wrong before ends the walk.
pub fn would_loop<T: Copy + Eq + Hash>(parents: &Parents<T>, moved: T, under: T) -> bool {
    way_up(parents, under).contains(&moved)
}

/// How many stand above `of` and itself.
pub fn depth<T: Copy + Eq + Hash>(parents: &Parents<T>, of: T) -> usize {
    way_up(parents, of).len()
}

/// How many levels there are from `of` down.
pub fn height<T: Copy + Eq + Hash>(parents: &Parents<T>, of: T) -> usize {
    let below = parents.keys().map(|one| way_up(parents, *one)).filter_map(|way| way.iter().position(|at| *at == of));
    below.max().unwrap_or(0) + 1
}

fn way_up<T: Copy + Eq + Hash>(parents: &Parents<T>, from: T) -> Vec<T> {
    let mut way = vec![from];
    while let Some(Some(parent)) = way.last().and_then(|last| parents.get(last)) {
        if way.contains(parent) {
            break;
        }
        way.push(*parent);
    }
    way
}

/// `siblings` in order, with `moved` taken out and put in at `place`.
pub fn put_at<T: Copy + Eq>(mut siblings: Vec<T>, moved: T, place: usize) -> Vec<T> {
    siblings.retain(|one| *one != moved);
    siblings.insert(place.min(siblings.len()), moved);
    siblings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn company() -> Parents<&'static str> {
        [("总部", None), ("采购部", Some("总部")), ("采购一组", Some("采购部")), ("财务部", Some("总部"))].into()
    }

    #[test]
    fn nothing_comes_below_itself() {
        assert!(would_loop(&company(), "采购部", "采购一组"));
        assert!(would_loop(&company(), "采购部", "采购部"));
        assert!(!would_loop(&company(), "采购一组", "财务部"));
    }

    #[test]
    fn levels_are_counted_both_ways() {
        assert_eq!((depth(&company(), "采购一组"), depth(&company(), "总部")), (3, 1));
        assert_eq!((height(&company(), "总部"), height(&company(), "财务部")), (3, 1));
    }

    #[test]
    fn a_place_is_counted_without_what_is_moved() {
        assert_eq!(put_at(vec!["a", "b", "c"], "a", 1), ["b", "a", "c"]);
        assert_eq!(put_at(vec!["a", "b"], "x", 9), ["a", "b", "x"]);
    }

    proptest! {
        /// Whatever moves are made, those allowed leave a tree: every way up ends, and no longer than all there are.
        #[test]
        fn allowed_moves_leave_a_tree(moves in prop::collection::vec((0u8..12, 0u8..12), 0..60)) {
            let mut parents: Parents<u8> = (0..12).map(|one| (one, None)).collect();
            for (moved, under) in moves {
                if !would_loop(&parents, moved, under) {
                    parents.insert(moved, Some(under));
                }
            }
            for one in 0..12 {
                let top = *way_up(&parents, one).last().expect("itself");
                prop_assert_eq!(parents[&top], None);
            }
        }
    }
}
