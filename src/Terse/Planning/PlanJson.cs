using System.Text.Json.Serialization;

namespace Terse.Planning;

/// <summary>The plan and its constants as JSON: camelCase, with the units in the names.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    UseStringEnumConverter = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CapacityPlan))]
[JsonSerializable(typeof(Measurements))]
internal sealed partial class PlanJson : JsonSerializerContext;
