package dev.preflow.scorer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * A table that is a folder of Parquet files. A row is stored once: rows whose id is already there are skipped on writing, and
 * reading takes one row of each id: a crash in the middle of a compaction leaves rows in two files until the folder is opened
 * again. Thread-safe within its process, which must be the only one that writes.
 *
 * @param <T> the record whose rows it holds
 */
final class ParquetFolder<T> implements AutoCloseable {

    private static final String KNOWN = "INSERT INTO known SELECT DISTINCT md5_number(id) FROM %s";

    private final Path folder;
    private final PartFiles files;
    private final Columns<T> columns;
    private final DuckDBConnection writer;
    /** Readers share it; whoever adds or deletes a file holds it alone. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    /**
     * Opens a folder and learns the ids in it.
     *
     * @param folder the folder, made if it is missing
     * @param columns how records become rows
     * @throws StoreException when the folder or a file in it cannot be read
     */
    ParquetFolder(Path folder, Columns<T> columns) {
        this.folder = folder;
        this.columns = columns;
        try {
            files = new PartFiles(folder);
            writer = Database.open();
            execute("CREATE TABLE shape (" + columns.declaration() + ")");
            // 16 bytes for each id outside the Java heap, scanned once per batch
            execute("CREATE TABLE known (key UHUGEINT)");
            execute(KNOWN.formatted(source(files.list())));
            repair();
        } catch (IOException | SQLException e) {
            throw failure("open", e);
        }
    }

    /**
     * Stores the rows of records, and returns when they are durable.
     *
     * @param records any records, stored before or not
     * @return the records of which at least one row was new, in their order
     * @throws StoreException when they could not be stored; none of them is then
     */
    List<T> append(List<T> records) {
        lock.writeLock().lock();
        try {
            // a new table each time: rows deleted from an old one would keep their memory
            execute("CREATE OR REPLACE TABLE incoming (" + columns.declaration() + ")");
            try (var appender = writer.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "incoming")) {
                for (var row : records) {
                    columns.append(row, appender);
                }
            }
            execute("CREATE OR REPLACE TEMP TABLE fresh AS SELECT DISTINCT ON (id) * FROM incoming "
                    + "WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.key = md5_number(incoming.id))");
            var fresh = freshIds();
            if (!fresh.isEmpty()) {
                write("fresh");
                execute(KNOWN.formatted("fresh"));
            }
            return unique(records, fresh);
        } catch (IOException | SQLException e) {
            throw failure("write to", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Set<String> freshIds() throws SQLException {
        try (var statement = writer.createStatement();
                var rows = statement.executeQuery("SELECT id FROM fresh")) {
            var ids = new HashSet<String>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        }
    }

    /** The first record of each fresh id: within a batch, too, a redelivered record counts once. */
    private List<T> unique(List<T> records, Set<String> fresh) {
        var unique = new ArrayList<T>();
        for (var row : records) {
            if (fresh.removeAll(columns.ids(row))) {
                unique.add(row);
            }
        }
        return unique;
    }

    /**
     * Merges the small files into one when there are many of them. Writing and reading go on meanwhile.
     *
     * @param limit how many small files there must be
     * @param smallBytes up to which size a file is small
     * @throws StoreException when the files could not be merged; nothing is lost then
     */
    void compact(int limit, long smallBytes) {
        try (var connection = writer.duplicate()) {
            var small = new ArrayList<Path>();
            for (var file : files.list()) {
                if (Files.size(file) <= smallBytes) {
                    small.add(file);
                }
            }
            if (small.size() < limit) {
                return;
            }
            // one after the other: to look for duplicates here would take memory for all rows at once
            merge(connection, small, "SELECT * FROM " + source(small));
        } catch (IOException | SQLException e) {
            throw failure("compact", e);
        }
    }

    /** Rewrites everything once when a crash in the middle of a compaction has left rows in two files. */
    private void repair() throws IOException, SQLException {
        var all = files.list();
        try (var statement = writer.createStatement();
                var counts = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM " + source(all) + ")")) {
            counts.next();
            if (counts.getLong(1) == counts.getLong(2)) {
                return;
            }
        }
        merge(writer, all, "SELECT DISTINCT ON (id) * FROM " + source(all));
    }

    private void merge(Connection connection, List<Path> parts, String rows) throws IOException, SQLException {
        var merged = files.temporary();
        try (var statement = connection.createStatement()) {
            statement.execute(copy(rows, merged));
        }
        lock.writeLock().lock();
        try {
            files.commit(merged);
            for (var part : parts) {
                Files.delete(part);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Queries the rows.
     *
     * @param sql a query in which {@code stored} stands for the rows, each id once
     * @param mapper makes a value of the result's current row
     * @param parameters the query's parameters
     * @return the values, one for each row of the result
     * @throws StoreException when the query fails
     */
    <R> List<R> query(String sql, RowMapper<R> mapper, Object... parameters) {
        lock.readLock().lock();
        try (var connection = writer.duplicate()) {
            var unique = "WITH stored AS (SELECT DISTINCT ON (id) * FROM " + source(files.list()) + ") ";
            try (var statement = connection.prepareStatement(unique + sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                try (var result = statement.executeQuery()) {
                    var values = new ArrayList<R>();
                    while (result.next()) {
                        values.add(mapper.map(result));
                    }
                    return values;
                }
            }
        } catch (IOException | SQLException e) {
            throw failure("query", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * How many rows there are.
     *
     * @return the number of ids
     */
    long size() {
        return query("SELECT count(*) FROM stored", row -> row.getLong(1)).get(0);
    }

    private void write(String table) throws IOException, SQLException {
        var temporary = files.temporary();
        execute(copy("SELECT * FROM " + table, temporary));
        files.commit(temporary);
    }

    /** Small row groups, since a merge holds one in memory. */
    private static String copy(String query, Path file) {
        return "COPY (" + query + ") TO " + quote(file) + " (FORMAT PARQUET, COMPRESSION ZSTD, ROW_GROUP_SIZE 20480)";
    }

    private static String source(List<Path> parts) {
        return parts.isEmpty()
                ? "shape"
                : parts.stream().map(ParquetFolder::quote).collect(Collectors.joining(", ", "read_parquet([", "])"));
    }

    private static String quote(Path file) {
        return "'" + file.toString().replace("'", "''") + "'";
    }

    private void execute(String sql) throws SQLException {
        try (var statement = writer.createStatement()) {
            statement.execute(sql);
        }
    }

    private StoreException failure(String action, Exception cause) {
        return new StoreException("Cannot " + action + " the store " + folder + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            writer.close();
        } catch (SQLException e) {
            throw failure("close", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Makes a value of a row.
     *
     * @param <R> the value
     */
    interface RowMapper<R> {

        /**
         * Reads the current row.
         *
         * @param row the result, at the row
         * @return the value
         * @throws SQLException when a column is missing
         */
        R map(ResultSet row) throws SQLException;
    }
}
