//! Training and scoring from outside, in one program: every file here is a part of it.

mod classify;
mod config;
mod dataset;
mod evaluate;
mod familiarity;
mod glove;
mod objective;
mod score;
mod teacher;
mod train;
