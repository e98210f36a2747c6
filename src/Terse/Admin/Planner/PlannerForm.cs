using Terse.Planning;

namespace Terse.Admin.Planner;

/// <summary>The planner's sliders: a workload from an address, so that a plan can be sent to someone as a link.</summary>
internal sealed record PlannerForm(string Preset, Workload Workload, IReadOnlyList<string> Wrong)
{
    /// <summary>The fields that have a slider, with the range that a slider needs to be of use.</summary>
    public static readonly IReadOnlyList<PlannerSlider> Sliders =
    [
        new("new-links", 1, 1e9, true), new("reads-per-write", 1, 10_000, true), new("peak", 1, 50, false), new("retention", 1, 20, false), new("replication", 1, 5, false),
        new("hit-rate", 0, 1, false), new("skew", 0.3, 1.3, false), new("bytes-per-record", 100, 10_000, true), new("regions", 1, 10, false), new("latency", 5, 500, true), new("availability", 0.99, 0.99999, false),
        new("cores", 1, 128, true),
    ];

    public static PlannerForm Read(IQueryCollection query)
    {
        var preset = WorkloadPresets.All.ContainsKey(query["preset"].ToString()) ? query["preset"].ToString() : WorkloadPresets.Default;
        var start = WorkloadPresets.All[preset];

        // The sliders speak of new links and redirects for each; a preset of users is put into these words.
        var traffic = Traffic.Of(start);
        start = start with { NewLinksPerDay = traffic.NewLinksPerDay, ReadsPerWrite = traffic.ReadsPerWrite, DailyUsers = null, ActionsPerUser = null };
        var (given, wrong) = (new List<(WorkloadField, double)>(), new List<string>());
        foreach (var slider in Sliders)
        {
            if (query[slider.Name].ToString() is not { Length: > 0 } text) continue;
            if (slider.Field.TryRead(text, out var value)) given.Add((slider.Field, value));
            else wrong.Add(slider.Field.Complain(text)[2..]);
        }

        var workload = given.Aggregate(start, (workload, one) => one.Item1.With(workload, one.Item2));
        return new(preset, workload, [.. wrong, .. workload.Check()]);
    }
}

/// <param name="Logarithmic">Whether the same way on the slider is the same factor.</param>
internal sealed record PlannerSlider(string Name, double Least, double Most, bool Logarithmic)
{
    private const double Steps = 1000;

    public WorkloadField Field => WorkloadFields.All.First(known => known.Name == Name);

    /// <summary>Where on the slider, from 0 to 1,000, a value is.</summary>
    public double At(double value)
    {
        var clamped = Math.Clamp(value, Least, Most);
        return Math.Round(Steps * (Logarithmic ? Math.Log(clamped / Least) / Math.Log(Most / Least) : (clamped - Least) / (Most - Least)));
    }
}
