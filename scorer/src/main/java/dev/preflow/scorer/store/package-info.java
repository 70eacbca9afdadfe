/** The preferences and ratings as a dataset: folders of Parquet files, written and queried through DuckDB. */
@NullMarked
package dev.preflow.scorer.store;

import org.jspecify.annotations.NullMarked;
