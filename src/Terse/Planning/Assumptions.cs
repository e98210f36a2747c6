namespace Terse.Planning;

/// <summary>The numbers of the model that no benchmark gives. The plan prints them.</summary>
internal static class Assumptions
{
    /// <summary>How busy a machine may be at the peak: the rest is for the loss of a neighbour, deploys, and queues that stay short.</summary>
    public const double TargetUtilisation = 0.6;

    /// <summary>How full a disk may get.</summary>
    public const double DiskFill = 0.7;

    /// <summary>What one machine is up: 99.5 %, the instance-level agreement of Amazon EC2. Two that fail apart are up 99.9975 %.</summary>
    public const double MachineAvailability = 0.995;

    /// <summary>How many redirect nodes "a few" are: beyond that, clicks in so many local logs are better in a queue with copies.</summary>
    public const double FewNodes = 4;

    /// <summary>Read replicas of one PostgreSQL primary that are still easy to run.</summary>
    public const double MostReplicas = 5;

    /// <summary>A round trip inside a region (Dean, "Numbers everyone should know": 0.5 ms within a data centre).</summary>
    public const double RoundTripMilliseconds = 0.5;

    /// <summary>Light in fibre covers 200 km in a millisecond: 100 km there and back.</summary>
    public const double FibreKilometresPerMillisecond = 100;

    /// <summary>A DynamoDB write unit covers a write a second of up to 1 KB; a partition gives 1,000 of them (Amazon's developer guide).</summary>
    public const double PartitionWritesPerSecond = 1_000;

    /// <summary>A DynamoDB read unit covers a consistent read a second of up to 4 KB; a partition gives 3,000 of them.</summary>
    public const double PartitionReadsPerSecond = 3_000;

    /// <summary>A DynamoDB partition holds about 10 GB.</summary>
    public const double PartitionBytes = 10e9;

    public static readonly IReadOnlyList<string> All =
    [
        $"machines are at most {Units.Share(TargetUtilisation)} busy at the peak, disks {Units.Share(DiskFill)} full",
        $"one machine is up {Units.Share(MachineAvailability)} of the time (Amazon EC2's instance-level agreement), and machines fail apart",
        $"rung 2 ends at {FewNodes} redirect nodes, PostgreSQL at {MostReplicas} replicas",
        $"a round trip inside a region takes {RoundTripMilliseconds} ms; light in fibre makes {FibreKilometresPerMillisecond} km there and back in 1 ms",
        "redirects and the gateway grow with the cores of a machine; the figures of engines are taken as measured",
    ];
}
