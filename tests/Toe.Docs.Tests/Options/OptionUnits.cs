namespace Toe.Docs.Tests;

/// <summary>What the numbers of the configuration count. Times are written with theirs.</summary>
internal static class OptionUnits
{
    public static IReadOnlyDictionary<string, string> Units { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Toe:BudgetReserve"] = "share",
        ["Toe:FallbackAllowance:Share"] = "share",
        ["Toe:FallbackAllowance:MinimumConnections"] = "connections",
        ["Toe:Circuit:FailureRatio"] = "share",
        ["Toe:Circuit:MinimumThroughput"] = "attempts",
        ["Toe:Circuit:ProbeSuccesses"] = "probes",
        ["Toe:Policy:Rules:N:RdmaPort"] = "port",
        ["Toe:Placement:MovesPerSweep"] = "moves",
        ["Toe:Placement:MovesPerConnection"] = "moves",
        ["Toe:Placement:Promotion:Bytes"] = "bytes",
        ["Toe:Placement:Promotion:BytesPerSecond"] = "bytes/s",
        ["Toe:Placement:Demotion:Pressure"] = "share",
        ["Toe:Placement:Demotion:BytesPerSecond"] = "bytes/s",
        ["Toe:Worth:Margin"] = "share",
        ["Toe:Worth:MinimumSamples"] = "measurements",
        ["Toe:Worth:Weight"] = "share",
        ["Toe:Worth:SampleBytes"] = "bytes",
        ["Toe:Worth:Paths"] = "paths",
        ["Toe:Worth:PrefixIPv4"] = "bits",
        ["Toe:Worth:PrefixIPv6"] = "bits",
    };
}
