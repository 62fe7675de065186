namespace Toe;

/// <summary>The names under which the SDK measures and traces. What there is under them is in docs/telemetry.md, and is in development until 1.0.</summary>
public static class ToeTelemetry
{
    /// <summary>The meter of every stack, for <c>AddMeter</c>: <c>Toe</c>. Cards of the software TOE have one of their own, <c>Toe.Emulated</c>.</summary>
    public const string MeterName = "Toe";

    /// <summary>The source of every stack's spans, for <c>AddSource</c>: <c>Toe</c>.</summary>
    public const string ActivitySourceName = "Toe";
}
