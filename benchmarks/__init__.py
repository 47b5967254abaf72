"""Speed, as ratios: each case measures this project and what people use today in the same run."""
