//! The message sequences of Figures 2, 3, 5 and 6 of the draft.
