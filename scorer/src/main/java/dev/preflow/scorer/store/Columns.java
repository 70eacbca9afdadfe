package dev.preflow.scorer.store;

import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;

/**
 * How a record becomes rows.
 *
 * @param <T> the record
 */
interface Columns<T> {

    /**
     * The table's columns as SQL declares them, in order; the first is {@code id VARCHAR} and identifies a row.
     *
     * @return such as {@code "id VARCHAR, margin FLOAT"}
     */
    String declaration();

    /**
     * The ids of a record's rows.
     *
     * @param record the record
     * @return the ids, in the order of the rows
     */
    List<String> ids(T record);

    /**
     * Appends a record's rows.
     *
     * @param record the record
     * @param appender takes the values in the columns' order
     * @throws SQLException when a value does not fit its column
     */
    void append(T record, DuckDBAppender appender) throws SQLException;
}
