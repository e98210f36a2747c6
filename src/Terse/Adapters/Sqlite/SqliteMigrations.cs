using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>The schema, as the ordered list of what made it. Entries are never changed, only added; <c>user_version</c> counts those applied.</summary>
internal static class SqliteMigrations
{
    private static readonly string[] Steps =
    [
        // Rowids follow the order of insertion: they are the order of the list and its cursor. A version equal to created_at is kept as NULL,
        // which is nearly all of them. The searched words are in an index without content: what it says of a row can be made again from the row.
        """
        CREATE TABLE links (
            id            INTEGER PRIMARY KEY,
            code          TEXT    NOT NULL,
            destination   TEXT    NOT NULL,
            created_at    INTEGER NOT NULL,
            expires_at    INTEGER,
            ends_at       INTEGER NOT NULL,
            redirect_type INTEGER NOT NULL,
            disabled      INTEGER NOT NULL,
            edge_ttl      INTEGER NOT NULL,
            title         TEXT,
            tags          TEXT,
            owner         TEXT    NOT NULL,
            version       INTEGER,
            is_alias      INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX links_code ON links (code);
        CREATE INDEX links_ends_at ON links (ends_at);
        CREATE INDEX links_lookalikes ON links (length(code)) WHERE is_alias = 1 AND code NOT GLOB '*[^0-9A-Za-z]*';

        CREATE TABLE link_tags (
            tag     TEXT    NOT NULL,
            link_id INTEGER NOT NULL,
            PRIMARY KEY (tag, link_id)
        ) WITHOUT ROWID;

        CREATE VIRTUAL TABLE link_words USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

        CREATE TABLE idempotency_claims (
            id            INTEGER PRIMARY KEY,
            code          TEXT    NOT NULL,
            destination   TEXT    NOT NULL,
            created_at    INTEGER NOT NULL,
            expires_at    INTEGER,
            ends_at       INTEGER NOT NULL,
            redirect_type INTEGER NOT NULL,
            disabled      INTEGER NOT NULL,
            edge_ttl      INTEGER NOT NULL,
            title         TEXT,
            tags          TEXT,
            owner         TEXT    NOT NULL,
            version       INTEGER,
            is_alias      INTEGER NOT NULL,
            key           TEXT    NOT NULL,
            request_hash  TEXT    NOT NULL,
            leased_until  INTEGER NOT NULL,
            forget_at     INTEGER NOT NULL,
            completed     INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX idempotency_claims_key ON idempotency_claims (key);
        CREATE INDEX idempotency_claims_forget_at ON idempotency_claims (forget_at);

        CREATE TABLE instance (
            id            INTEGER PRIMARY KEY CHECK (id = 1),
            code_key      BLOB,
            high_water    INTEGER NOT NULL DEFAULT 0,
            ranges_leased INTEGER NOT NULL DEFAULT 0,
            links         INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO instance (id) VALUES (1);

        CREATE TABLE machines (
            id         INTEGER PRIMARY KEY,
            holder     TEXT,
            not_before INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        );

        CREATE TABLE api_keys (
            id         TEXT    NOT NULL UNIQUE,
            name       TEXT    NOT NULL,
            hash       BLOB    NOT NULL,
            scopes     INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        );
        """,

        // Guards: a limit of visits, a password, a take-down. A claim's visits are always 0; it has the column so that one list of columns serves both.
        """
        ALTER TABLE links ADD COLUMN max_visits INTEGER;
        ALTER TABLE links ADD COLUMN password_hash TEXT;
        ALTER TABLE links ADD COLUMN taken_down INTEGER;
        ALTER TABLE links ADD COLUMN visits INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE idempotency_claims ADD COLUMN max_visits INTEGER;
        ALTER TABLE idempotency_claims ADD COLUMN password_hash TEXT;
        ALTER TABLE idempotency_claims ADD COLUMN taken_down INTEGER;
        ALTER TABLE idempotency_claims ADD COLUMN visits INTEGER NOT NULL DEFAULT 0;
        """,

        // AUTOINCREMENT: a swept id never comes again, or a cursor would skip what took its place.
        """
        CREATE TABLE audit (
            id      INTEGER PRIMARY KEY AUTOINCREMENT,
            at      INTEGER NOT NULL,
            actor   TEXT    NOT NULL,
            action  TEXT    NOT NULL,
            subject TEXT    NOT NULL,
            before  TEXT,
            after   TEXT
        );
        CREATE INDEX audit_subject ON audit (subject);
        CREATE INDEX audit_actor ON audit (actor);
        CREATE INDEX audit_action ON audit (action);
        """,

        """
        CREATE TABLE webhooks (
            id          TEXT    NOT NULL UNIQUE,
            url         TEXT    NOT NULL,
            events      TEXT    NOT NULL,
            secret      TEXT    NOT NULL,
            description TEXT    NOT NULL,
            owner       TEXT    NOT NULL,
            created_at  INTEGER NOT NULL,
            disabled    TEXT,
            failures    INTEGER NOT NULL,
            version     INTEGER NOT NULL
        );

        CREATE TABLE webhook_deliveries (
            id         TEXT    NOT NULL PRIMARY KEY,
            webhook_id TEXT    NOT NULL,
            event      TEXT    NOT NULL,
            body       TEXT    NOT NULL,
            created_at INTEGER NOT NULL,
            attempts   INTEGER NOT NULL,
            next_at    INTEGER NOT NULL,
            last_error TEXT,
            dead       INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE dead = 0;
        CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, dead, id);
        """,

        // For lists of what redirects no more. Links that do are in neither.
        """
        CREATE INDEX links_disabled ON links (id) WHERE disabled = 1;
        CREATE INDEX links_taken_down ON links (id) WHERE taken_down IS NOT NULL;
        """,

        // For the list of one owner's links: in an index rows of one owner are in the order of their ids.
        """
        CREATE INDEX links_owner ON links (owner);
        """,
    ];

    /// <summary>Brings the database up to this program, in one transaction; of processes that start at once one does it.</summary>
    /// <exception cref="StoreUnavailableException">A newer program wrote the database.</exception>
    public static void Apply(SqliteSession session)
    {
        if (Check(session) == Steps.Length) return;
        session.InTransaction(static session =>
        {
            foreach (var step in Steps[Check(session)..]) session.Script(step);
            session.Script($"PRAGMA user_version = {Steps.Length}");
            return 0;
        });
    }

    private static int Check(SqliteSession session)
    {
        var version = (int)session.Prepare("PRAGMA user_version").First(static row => row.Long(0));
        if (version <= Steps.Length) return version;
        throw new StoreUnavailableException(
            $"terse.db has schema version {version}, which a newer terse wrote; this one knows versions up to {Steps.Length}. Run the newer program, or restore a backup made before the upgrade.");
    }
}
