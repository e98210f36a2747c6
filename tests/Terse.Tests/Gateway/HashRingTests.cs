using CsCheck;
using Terse.Gateway;

namespace Terse.Tests.Gateway;

public sealed class HashRingTests
{
    private const int Codes = 20_000;

    /// <summary>Five standard deviations of a server's share: with 150 points one is 1/√150 of it, 8 %. Three are passed by one fleet in a thousand, and each build tries 120.</summary>
    private const double Tolerance = 1.45;

    private static readonly string[] AllCodes = [.. Enumerable.Range(0, Codes).Select(i => $"c{i:x6}")];
    private static readonly Gen<(string[] Names, int At)> Fleets =
        from count in Gen.Int[2, 12]
        from seed in Gen.Int[0, 1_000_000]
        from at in Gen.Int[0, count - 1]
        select (Enumerable.Range(0, count).Select(i => $"http://10.{seed % 251}.{seed % 13}.{i}:{5000 + seed % 977}").ToArray(), at);

    [Fact]
    public void Removing_one_of_N_servers_moves_its_own_codes_only_and_those_are_about_one_Nth() => Fleets.Sample(
        fleet =>
        {
            var (before, after) = (Owners(fleet.Names), Owners([.. fleet.Names.Where((_, i) => i != fleet.At)]));
            var moved = AllCodes.Where((_, i) => before[i] != after[i]).Count();
            Assert.All(Enumerable.Range(0, Codes), i => Assert.True(before[i] == after[i] || before[i] == fleet.Names[fleet.At]));
            Assert.InRange(moved, 1, Tolerance * Codes / fleet.Names.Length);
        },
        iter: 60, threads: 1);

    [Fact]
    public void Adding_a_server_moves_codes_to_it_only_and_those_are_about_one_Nth() => Fleets.Sample(
        fleet =>
        {
            const string Added = "http://192.0.2.7:80";
            var (before, after) = (Owners(fleet.Names), Owners([.. fleet.Names, Added]));
            Assert.All(Enumerable.Range(0, Codes), i => Assert.True(before[i] == after[i] || after[i] == Added));
            Assert.InRange(after.Count(owner => owner == Added), 1, Tolerance * Codes / (fleet.Names.Length + 1));
        },
        iter: 60, threads: 1);

    [Fact]
    public void The_order_in_which_servers_are_listed_does_not_matter() => Fleets.Sample(
        fleet => Assert.Equal(Owners(fleet.Names), Owners([.. fleet.Names.Reverse()])), iter: 30, threads: 1);

    /// <summary>Every request in flight at once, none finishing: the worst case for the bound.</summary>
    [Fact]
    public void No_server_has_more_than_the_bound_however_hot_one_code_is() => Gen.Select(Gen.Int[2, 12], Gen.Int[1, 2000], Gen.Double[1.05, 2]).Sample(
        (servers, requests, bound) =>
        {
            var ring = new HashRing([.. Enumerable.Range(0, servers).Select(i => $"http://node{i}")]);
            var loads = new int[servers];
            for (var request = 0; request < requests; request++)
            {
                var limit = LoadBound.Of(request, servers, bound, floor: 1);
                var place = ring.PlaceOf("hottest");
                var step = 0;
                while (loads[ring.ServerAt(place + step)] >= limit) Assert.True(++step < ring.Length, "Nobody has room, though the bound is above the mean.");
                loads[ring.ServerAt(place + step)]++;
            }

            Assert.All(loads, load => Assert.InRange(load, 0, Math.Ceiling(bound * requests / servers)));
        },
        iter: 60, threads: 1);

    private static string[] Owners(string[] names)
    {
        var ring = new HashRing(names);
        return [.. AllCodes.Select(code => names[ring.ServerAt(ring.PlaceOf(code))])];
    }
}
