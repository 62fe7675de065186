using System.Globalization;
using System.Numerics;

namespace Toe.Placing;

/// <summary>Host stack and adapter on one path, by throughput where both have shown it, else by round-trip time.</summary>
/// <param name="HostGain">How many times as fast the host stack is.</param>
/// <param name="Text">The numbers.</param>
internal readonly record struct Comparison(double HostGain, string Text)
{
    private static readonly TimeSpan TooClose = TimeSpan.FromMicroseconds(50); // Less than what waking a thread takes now and then.

    /// <summary>Compares.</summary>
    /// <returns>Null while one of them has too few measurements.</returns>
    public static Comparison? Of(PathSide host, PathSide adapter, WorthOptions options)
    {
        if (AreKnown(host.Throughput, adapter.Throughput, options))
            return new Comparison(host.Throughput.Value / Math.Max(1, adapter.Throughput.Value), Describe(host.Throughput, adapter.Throughput, Rate));
        return AreKnown(host.RoundTrip, adapter.RoundTrip, options)
            ? new Comparison(Gain(host.RoundTrip.Value, adapter.RoundTrip.Value), Describe(host.RoundTrip, adapter.RoundTrip, RoundTrip))
            : null;
    }

    private static bool AreKnown(Average host, Average adapter, WorthOptions options) => host.IsKnown(options) && adapter.IsKnown(options);

    private static double Gain(double host, double adapter) =>
        Math.Abs(adapter - host) < TooClose.TotalSeconds ? 1 : adapter / Math.Max(TooClose.TotalSeconds, host);

    private static string Describe(Average host, Average adapter, Func<double, string> format) => string.Create(
        CultureInfo.InvariantCulture, $"host {format(host.Value)} over {Rounded(host.Samples)}+ samples, adapter {format(adapter.Value)} over {Rounded(adapter.Samples)}+");

    /// <summary>Connections with the same words share a trace: counts that change with every look would keep them apart.</summary>
    private static long Rounded(long samples) => 1L << BitOperations.Log2((ulong)samples);

    private static string Rate(double bytesPerSecond) => (bytesPerSecond * 8) switch
    {
        >= 1e9 and var bits => $"{Round(bits / 1e9)} Gbit/s",
        >= 1e6 and var bits => $"{Round(bits / 1e6)} Mbit/s",
        var bits => $"{Round(bits / 1e3)} kbit/s",
    };

    private static string RoundTrip(double seconds) => seconds >= 1e-3 ? $"{Round(seconds * 1e3)} ms" : $"{Round(seconds * 1e6)} µs";

    private static string Round(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
