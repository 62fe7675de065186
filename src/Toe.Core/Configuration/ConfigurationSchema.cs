using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Toe;

/// <summary>The keys there are. The binder would pass over a misspelt one in silence.</summary>
internal sealed class ConfigurationSchema
{
    private static readonly ConfigurationSchema Scalar = new();
    private readonly Dictionary<string, ConfigurationSchema>? _members;
    private readonly ConfigurationSchema? _items;

    private ConfigurationSchema(Dictionary<string, ConfigurationSchema>? members = null, ConfigurationSchema? items = null)
    {
        _members = members;
        _items = items;
    }

    /// <summary>The schema of <see cref="ToeOptions"/>.</summary>
    public static ConfigurationSchema Toe { get; } = Section(new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(ToeOptions.ConnectTimeout)] = Scalar,
        [nameof(ToeOptions.OpenDeadline)] = Scalar,
        [nameof(ToeOptions.ControlDeadline)] = Scalar,
        [nameof(ToeOptions.ProbeInterval)] = Scalar,
        [nameof(ToeOptions.RefreshInterval)] = Scalar,
        [nameof(ToeOptions.ShutdownQuietTime)] = Scalar,
        [nameof(ToeOptions.ConnectionAttemptDelay)] = Scalar,
        [nameof(ToeOptions.BudgetReserve)] = Scalar,
        [nameof(ToeOptions.PreferInlineScheduling)] = Scalar,
        [nameof(ToeOptions.Mode)] = Scalar,
        [nameof(ToeOptions.AllowBypass)] = Scalar,
        [nameof(ToeOptions.FallbackAllowance)] = Scalars(
            nameof(FallbackAllowanceOptions.Share),
            nameof(FallbackAllowanceOptions.Window),
            nameof(FallbackAllowanceOptions.MinimumConnections)),
        [nameof(ToeOptions.Circuit)] = Scalars(
            nameof(CircuitOptions.FailureRatio),
            nameof(CircuitOptions.MinimumThroughput),
            nameof(CircuitOptions.SamplingDuration),
            nameof(CircuitOptions.BreakDuration),
            nameof(CircuitOptions.ProbeSuccesses)),
        [nameof(ToeOptions.Firmware)] = Section(new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(FirmwareOptions.Catalogue)] = Scalar,
            [nameof(FirmwareOptions.TrustedKeys)] = List(Scalar),
            [nameof(FirmwareOptions.AllowUnsigned)] = Scalar,
            [nameof(FirmwareOptions.RecheckInterval)] = Scalar,
            [nameof(FirmwareOptions.Reports)] = List(Scalar),
            [nameof(FirmwareOptions.Consequences)] = Scalars(
                nameof(FirmwareConsequenceOptions.Old),
                nameof(FirmwareConsequenceOptions.Blocked),
                nameof(FirmwareConsequenceOptions.Untested),
                nameof(FirmwareConsequenceOptions.Unreadable),
                nameof(FirmwareConsequenceOptions.Unknown),
                nameof(FirmwareConsequenceOptions.Outdated),
                nameof(FirmwareConsequenceOptions.Unproven)),
        }),
        [nameof(ToeOptions.Policy)] = Section(new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(PolicyOptions.Rules)] = List(Section(new(StringComparer.OrdinalIgnoreCase)
            {
                [nameof(PolicyRuleOptions.Name)] = Scalar,
                [nameof(PolicyRuleOptions.Direction)] = Scalar,
                [nameof(PolicyRuleOptions.Local)] = Scalar,
                [nameof(PolicyRuleOptions.Remote)] = Scalar,
                [nameof(PolicyRuleOptions.LocalPorts)] = Scalar,
                [nameof(PolicyRuleOptions.RemotePorts)] = Scalar,
                [nameof(PolicyRuleOptions.Adapters)] = List(Scalar),
                [nameof(PolicyRuleOptions.Mode)] = Scalar,
                [nameof(PolicyRuleOptions.AllowBypass)] = Scalar,
                [nameof(PolicyRuleOptions.RdmaPort)] = Scalar,
            })),
        }),
        [nameof(ToeOptions.Placement)] = Section(new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(PlacementOptions.SweepInterval)] = Scalar,
            [nameof(PlacementOptions.MovesPerSweep)] = Scalar,
            [nameof(PlacementOptions.FollowAdvice)] = Scalar,
            [nameof(PlacementOptions.FollowPolicy)] = Scalar,
            [nameof(PlacementOptions.Return)] = Scalar,
            [nameof(PlacementOptions.ReturnAfter)] = Scalar,
            [nameof(PlacementOptions.MovesPerConnection)] = Scalar,
            [nameof(PlacementOptions.MovesWindow)] = Scalar,
            [nameof(PlacementOptions.RetryAfter)] = Scalar,
            [nameof(PlacementOptions.AveragingTime)] = Scalar,
            [nameof(PlacementOptions.StartOnHost)] = Scalar,
            [nameof(PlacementOptions.Promotion)] = Scalars(nameof(PromotionOptions.Bytes), nameof(PromotionOptions.BytesPerSecond), nameof(PromotionOptions.Age)),
            [nameof(PlacementOptions.Demote)] = Scalar,
            [nameof(PlacementOptions.Demotion)] = Scalars(nameof(DemotionOptions.Pressure), nameof(DemotionOptions.Idle), nameof(DemotionOptions.BytesPerSecond)),
        }),
        [nameof(ToeOptions.Worth)] = Scalars(
            nameof(WorthOptions.Enabled),
            nameof(WorthOptions.Margin),
            nameof(WorthOptions.MinimumSamples),
            nameof(WorthOptions.Weight),
            nameof(WorthOptions.SampleBytes),
            nameof(WorthOptions.ExploreInterval),
            nameof(WorthOptions.HoldFor),
            nameof(WorthOptions.ForgetAfter),
            nameof(WorthOptions.Paths),
            nameof(WorthOptions.PrefixIPv4),
            nameof(WorthOptions.PrefixIPv6)),
        [nameof(ToeOptions.Diagnostics)] = Scalars(nameof(DiagnosticsOptions.Endpoint)),
    });

    /// <summary>All keys with <c>*</c> for a list's index.</summary>
    public IEnumerable<string> Keys =>
        _items is not null ? _items.Keys.Select(key => "*" + key)
        : _members is not null ? _members.SelectMany(member => member.Value.Keys.Select(key => $":{member.Key}{key}"))
        : [""];

    /// <summary>What does not fit, one line each with its key.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">Its key.</param>
    public IEnumerable<string> Check(IConfiguration section, string key)
    {
        var hasValue = section is IConfigurationSection { Value: { Length: > 0 } };
        if (_members is null && _items is null)
            return section.GetChildren().Any() ? [$"{key}: one value is expected here, not a section or list"] : [];
        if (hasValue)
            return [$"{key}: a {(_members is null ? "list" : "section")} is expected here, not one value"];
        return section.GetChildren().SelectMany(child => CheckChild(child, $"{key}:{child.Key}"));
    }

    private static ConfigurationSchema Section(Dictionary<string, ConfigurationSchema> members) => new(members);

    private static ConfigurationSchema List(ConfigurationSchema items) => new(items: items);

    private static ConfigurationSchema Scalars(params string[] names) =>
        Section(names.ToDictionary(name => name, _ => Scalar, StringComparer.OrdinalIgnoreCase));

    private IEnumerable<string> CheckChild(IConfigurationSection child, string key)
    {
        if (_items is not null)
        {
            return int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? _items.Check(child, key)
                : [$"{key}: '{child.Key}' is not a place in a list (0, 1, 2, …)"];
        }

        return _members!.TryGetValue(child.Key, out var member)
            ? member.Check(child, key)
            : [$"{key}: unknown key (there are {string.Join(", ", _members.Keys)})"];
    }
}
