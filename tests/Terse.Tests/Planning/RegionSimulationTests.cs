using System.Globalization;
using Terse.Codes;

namespace Terse.Tests.Planning;

/// <summary>
/// Three regions, each with a copy of all links that the others reach after 200 ms, and for a minute of ten one of them cut off: what creations and visits
/// meet. A model with a seed, for docs/decisions/0065-regions.md; the ids and the permutation are the program's own.
/// </summary>
public sealed class RegionSimulationTests(ITestOutputHelper output)
{
    private const int Regions = 3;
    private const int MachinesPerRegion = (MachineLease.MaxMachineId + 1) / Regions;
    private const int Length = 600_000;
    private const int Delay = 200;
    private const int CutFrom = 240_000;
    private const int CutTo = 300_000;
    private const int Lonely = 2;

    [Fact]
    public void Machine_ids_of_its_own_let_a_region_make_codes_while_it_is_cut_off_and_none_comes_twice()
    {
        var codes = new CodePermutation(new byte[32], CodePermutation.SnowflakeLength);
        var made = new HashSet<string>(StringComparer.Ordinal);
        for (var region = 0; region < Regions; region++)
            for (var machine = 0; machine < 4; machine++)
                for (var now = CutFrom; now < CutTo; now += 100)
                    for (var sequence = 0; sequence < 20; sequence++)
                        Assert.True(made.Add(codes.Encode(((long)now << (SnowflakeIds.MachineBits + SnowflakeIds.SequenceBits)) | ((long)(region * MachinesPerRegion + machine) << SnowflakeIds.SequenceBits) | (uint)sequence).Value));
        output.WriteLine($"{made.Count:N0} codes of {Regions} regions within the same minute, {MachinesPerRegion} machine ids each: none twice");
    }

    [Fact]
    public void An_alias_has_a_home_region_or_is_promised_twice()
    {
        var consistent = Run(homes: true, asks: true);
        var available = Run(homes: false, asks: true);
        output.WriteLine($"Aliases with a home: {consistent}\nAliases taken anywhere: {available}");

        Assert.Equal((0, 0), (consistent.Broken, available.Refused));
        Assert.True(available.Broken > 0);
        Assert.InRange(consistent.Refused / (double)consistent.AliasesWhileCut, 0.3, 0.6);
    }

    [Fact]
    public void Every_region_goes_on_redirecting_what_it_had_and_asks_another_for_what_is_new()
    {
        var asking = Run(homes: true, asks: true);
        var alone = Run(homes: true, asks: false);
        output.WriteLine($"Asks another region for what it does not have: {asking}\nDoes not: {alone}");

        Assert.Equal(0, asking.NotKnownWhileWhole);
        Assert.True(alone.NotKnownWhileWhole > 0);
        Assert.InRange(asking.NotKnown / (double)asking.VisitsWhileCut, 0.01, 0.5);
        Assert.True(asking.StalestEdit <= CutTo - CutFrom + Delay);
    }

    /// <param name="homes">Whether an alias is decided in the region that it belongs to by its name; else where it is asked for.</param>
    /// <param name="asks">Whether a region that does not have a link asks the others that it reaches.</param>
    private static Outcome Run(bool homes, bool asks)
    {
        var random = new Random(1);
        var outcome = new Outcome();
        var links = new List<(int Made, int Region, int Edited, int EditedIn)>();
        var aliases = new Dictionary<int, List<(int At, int Region)>>();
        for (var now = 0; now < Length; now += 5)
        {
            var region = random.Next(Regions);
            switch (random.Next(20))
            {
                case 0:
                    links.Add((now, region, now, region));
                    break;
                case 1 when links.Count > 0:
                    var edited = random.Next(links.Count);
                    links[edited] = links[edited] with { Edited = now, EditedIn = region };
                    break;
                case 2:
                    TakeAlias(random.Next(4_000), region, now);
                    break;
                default:
                    Visit(region, now);
                    break;
            }
        }

        // Wherever the last word is the oldest claim's, all later ones that were confirmed are broken promises.
        outcome.Broken = aliases.Values.Sum(static claims => claims.Count - 1);
        return outcome;

        void TakeAlias(int alias, int region, int now)
        {
            var cut = IsCut(now);
            if (cut) outcome.AliasesWhileCut++;
            var home = homes ? alias % Regions : region;
            if (!Reaches(region, home, now))
            {
                outcome.Refused++;
                return;
            }
            if (!aliases.TryGetValue(alias, out var claims)) aliases[alias] = claims = [];
            if (claims.All(claim => !(homes || Has(region, claim.At, claim.Region, now)))) claims.Add((now, region));
        }

        // New links are visited most: every second visit is of the last thousandth.
        void Visit(int region, int now)
        {
            if (links.Count == 0) return;
            var link = links[random.Next(2) == 0 ? links.Count - 1 - random.Next(Math.Max(1, links.Count / 1000)) : random.Next(links.Count)];
            outcome.Visits++;
            if (IsCut(now)) outcome.VisitsWhileCut++;
            if (!Has(region, link.Made, link.Region, now))
            {
                if (asks && Enumerable.Range(0, Regions).Any(other => Reaches(region, other, now) && Has(other, link.Made, link.Region, now)))
                {
                    outcome.Asked++;
                    return;
                }
                outcome.NotKnown++;
                if (!IsCut(now)) outcome.NotKnownWhileWhole++;
            }
            else if (!Has(region, link.Edited, link.EditedIn, now))
            {
                outcome.Stale++;
                outcome.StalestEdit = Math.Max(outcome.StalestEdit, now - link.Edited);
            }
        }
    }

    private static bool IsCut(int now) => now is >= CutFrom and < CutTo;

    private static bool Reaches(int from, int to, int now) => from == to || !IsCut(now) || (from != Lonely && to != Lonely);

    /// <summary>Whether what happened at a moment in one region has come to another.</summary>
    private static bool Has(int region, int at, int origin, int now)
    {
        if (region == origin) return true;
        var sent = IsCut(at + Delay) && (region == Lonely || origin == Lonely) ? CutTo : at;
        return now >= sent + Delay;
    }

    private sealed record Outcome
    {
        public int Visits { get; set; }

        public int Asked { get; set; }

        public int NotKnown { get; set; }

        public int NotKnownWhileWhole { get; set; }

        public int VisitsWhileCut { get; set; }

        public int Stale { get; set; }

        public int StalestEdit { get; set; }

        public int AliasesWhileCut { get; set; }

        public int Refused { get; set; }

        public int Broken { get; set; }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Visits:N0} visits, {VisitsWhileCut:N0} while cut off; {Asked:N0} asked of another region, {NotKnown:N0} not known ({NotKnownWhileWhole:N0} without a cut), {Stale} to an old destination (by {StalestEdit} ms at most); {AliasesWhileCut} aliases while cut off, {Refused} refused, {Broken} promised twice");
    }
}
