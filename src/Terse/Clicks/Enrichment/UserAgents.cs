using System.Collections.Concurrent;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// Tells browser, system, device and bots by the <c>User-Agent</c>. A text costs up to a millisecond once; what was seen lately is remembered, in two
/// halves of which the older is forgotten when the younger is full, so memory is bounded whatever is sent. For the worker, never for the redirect path.
/// </summary>
internal sealed class UserAgents
{
    /// <summary>Browsers send at most some 300 characters; what stands further is not looked at.</summary>
    public const int MaxLength = 512;

    private const int HalfCapacity = 8_192;

    private readonly FamilyRules _browsers = FamilyRules.Browsers();
    private readonly FamilyRules _systems = FamilyRules.Systems();
    private readonly BotList _bots = new();
    private ConcurrentDictionary<string, UserAgentFacts> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, UserAgentFacts> _old = new(StringComparer.Ordinal);

    public UserAgentFacts Describe(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent)) return UserAgentFacts.Unknown;
        if (userAgent.Length > MaxLength) userAgent = userAgent[..MaxLength];
        if (_young.TryGetValue(userAgent, out var facts)) return facts;
        if (!_old.TryGetValue(userAgent, out facts)) facts = Parse(userAgent);
        Remember(userAgent, facts);
        return facts;
    }

    private UserAgentFacts Parse(string userAgent) =>
        new(_browsers.Find(userAgent), _systems.Find(userAgent), Devices.Of(userAgent), _bots.Contains(userAgent));

    private void Remember(string userAgent, UserAgentFacts facts)
    {
        if (_young.Count >= HalfCapacity)
        {
            _old = _young;
            _young = new(StringComparer.Ordinal);
        }
        _young[userAgent] = facts;
    }
}
