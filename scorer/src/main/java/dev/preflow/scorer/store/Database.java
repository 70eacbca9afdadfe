package dev.preflow.scorer.store;

import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/** Opens the DuckDB instance of a store: in memory, for the data itself lies in Parquet files. */
final class Database {

    private Database() {}

    /**
     * Opens a new instance; {@code duplicate()} of the connection gives further ones for other threads.
     *
     * @return the connection
     * @throws SQLException when the native library cannot be loaded
     */
    static DuckDBConnection open() throws SQLException {
        var settings = new Properties();
        // the cores belong to the models; a scan of the store must not take them all
        settings.setProperty("threads", "1");
        settings.setProperty("memory_limit", "512MB");
        // a file is read once, to be merged: what is kept of it would fill the memory limit for nothing
        settings.setProperty("enable_external_file_cache", "false");
        // Parquet is built in: nothing has to be fetched, so nothing may be
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return new DuckDBDriver().connect("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
    }
}
