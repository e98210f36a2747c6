using System.Runtime.CompilerServices;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Links in SQLite. Reads answer on the calling thread; writes go through the database's one writer. Lists are in <see cref="LinkLists"/>.</summary>
internal sealed class SqliteLinkStore(SqliteDatabase database) : ILinkStore
{
    private const int LookalikesPerRead = 1_000;

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken)
    {
        var words = LinkWords.Text(link);
        return database.WriteAsync(session => Add(session, link, words), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken)
    {
        var words = links.Select(LinkWords.Text).ToArray();
        return await database.WriteAsync(
            session => links.Select((link, index) => Add(session, link, words[index])).ToArray(), cancellationToken, links.Count);
    }

    public ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(code.Value, static (session, code) => session
            .Prepare($"SELECT {LinkRow.Columns} FROM links WHERE code = ?1")
            .Bind(code)
            .First(LinkRow.Read)));

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken)
    {
        var words = LinkWords.Text(link);
        return database.WriteAsync(session => Replace(session, link, words, expectedVersion), cancellationToken);
    }

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (FindStored(session, code) is not { } stored) return ChangeResult.Missing;
                if (expectedVersion is not null && stored.Version != expectedVersion) return ChangeResult.Stale;
                Remove(session, stored);
                return ChangeResult.Done;
            },
            cancellationToken);

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                var taken = session
                    .Prepare("UPDATE links SET visits = visits + 1 WHERE code = ?1 AND visits < max_visits")
                    .Bind(code.Value)
                    .Execute();
                if (taken == 1) return VisitResult.Taken;
                return session
                    .Prepare("SELECT max_visits IS NULL FROM links WHERE code = ?1")
                    .Bind(code.Value)
                    .All(static row => row.Bool(0) ? VisitResult.Taken : VisitResult.UsedUp) is [var known] ? known : VisitResult.Missing;
            },
            cancellationToken);

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(query, LinkLists.Read));

    public ValueTask<LinkPage?> ListEndedAsync(EndedQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<LinkPage?>(database.Read(query, EndedLinks.Read));

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(0, static (session, _) => session.Prepare("SELECT links FROM instance").First(static row => row.Long(0))));

    public async ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session =>
            {
                var ended = session
                    .Prepare($"SELECT {StoredLink.Columns} FROM links WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2")
                    .Bind(endedBefore).Bind(limit)
                    .All(StoredLink.Read);
                foreach (var link in ended) Remove(session, link);
                return ended.Select(static link => link.Code).ToArray();
            },
            cancellationToken,
            limit);

    public async IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        List<(long Id, ShortCode Code)> page;
        var last = 0L;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The conditions repeat those of the index, which is used for no others.
            page = database.Read((length, last), static (session, state) => session
                .Prepare($"""
                    SELECT id, code FROM links
                    WHERE is_alias = 1 AND code NOT GLOB '*[^0-9A-Za-z]*' AND length(code) = ?1 AND id > ?2
                    ORDER BY id LIMIT ?3
                    """)
                .Bind(state.length).Bind(state.last).Bind(LookalikesPerRead)
                .All(static row => (row.Long(0), ShortCode.Parse(row.Text(1)))));
            foreach (var (id, code) in page)
            {
                last = id;
                yield return code;
            }
        }
        while (page.Count == LookalikesPerRead);
    }

    private static AddResult Add(SqliteSession session, Link link, string words)
    {
        var added = session
            .Prepare($"INSERT INTO links ({LinkRow.Columns}) VALUES ({LinkRow.Parameters}) ON CONFLICT (code) DO NOTHING RETURNING id")
            .BindLink(link)
            .All(static row => row.Long(0));
        if (added is not [var id]) return AddResult.Taken;

        AddIndexes(session, id, link.Tags, words);
        Count(session, 1);
        return AddResult.Added;
    }

    private static ChangeResult Replace(SqliteSession session, Link link, string words, long expectedVersion)
    {
        if (FindStored(session, link.Code) is not { } stored) return ChangeResult.Missing;
        if (stored.Version != expectedVersion) return ChangeResult.Stale;

        RemoveIndexes(session, stored);
        session
            .Prepare($"UPDATE links SET ({LinkRow.Replaceable}) = ({LinkRow.ReplaceableParameters}) WHERE id = ?18")
            .BindLink(link).Bind(stored.Id)
            .Execute();
        AddIndexes(session, stored.Id, link.Tags, words);
        return ChangeResult.Done;
    }

    private static void Remove(SqliteSession session, StoredLink stored)
    {
        RemoveIndexes(session, stored);
        session.Prepare("DELETE FROM links WHERE id = ?1").Bind(stored.Id).Execute();
        Count(session, -1);
    }

    private static void AddIndexes(SqliteSession session, long id, IReadOnlyList<string> tags, string words)
    {
        LinkWords.Add(session, id, words);
        foreach (var tag in tags) session.Prepare("INSERT OR IGNORE INTO link_tags (tag, link_id) VALUES (?1, ?2)").Bind(tag).Bind(id).Execute();
    }

    private static void RemoveIndexes(SqliteSession session, StoredLink stored)
    {
        LinkWords.Remove(session, stored.Id);
        foreach (var tag in stored.Tags) session.Prepare("DELETE FROM link_tags WHERE tag = ?1 AND link_id = ?2").Bind(tag).Bind(stored.Id).Execute();
    }

    private static void Count(SqliteSession session, int change) =>
        session.Prepare("UPDATE instance SET links = links + ?1").Bind(change).Execute();

    private static StoredLink? FindStored(SqliteSession session, ShortCode code) => session
        .Prepare($"SELECT {StoredLink.Columns} FROM links WHERE code = ?1")
        .Bind(code.Value)
        .First(StoredLink.Read);

    /// <summary>What a change must know of the row that it changes.</summary>
    private sealed record StoredLink(long Id, ShortCode Code, long Version, IReadOnlyList<string> Tags)
    {
        public const string Columns = "id, code, ifnull(version, created_at), tags";

        public static StoredLink Read(SqliteStatement row) =>
            new(row.Long(0), ShortCode.Parse(row.Text(1)), row.Long(2), LinkRow.ReadTags(row.TextOrNull(3)));
    }
}
