using Toe.Connections;

namespace Toe.Placing;

/// <summary>What a connection has moved on the carrier it has now, from looks at its counters. One looker at a time.</summary>
internal sealed class Traffic
{
    private Carrier? _carrier;
    private long _placedAt;
    private long _firstLookAt;
    private long _lookedAt;
    private long _usedAt;
    private long _bytesBefore;
    private long _bytes;

    /// <summary>Bytes a second, averaged: r ← r + (1 − e^(−Δt/τ)) · (Δbytes/Δt − r).</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>Bytes between the last two looks.</summary>
    public long LastBytes { get; private set; }

    /// <summary>The time between them; zero when the connection came to its carrier in between.</summary>
    public TimeSpan LastTime { get; private set; }

    /// <summary>Bytes since the connection came to its carrier.</summary>
    public long Bytes => _bytes - _bytesBefore;

    /// <summary>Looks.</summary>
    /// <param name="connection">Always the same.</param>
    /// <param name="time">The stack's clock.</param>
    /// <param name="constant">τ.</param>
    public void Look(StackConnection connection, TimeProvider time, TimeSpan constant)
    {
        var (now, carrier) = (time.GetTimestamp(), connection.Carrier);
        var bytes = connection.BytesMoved;
        if (carrier != _carrier)
        {
            (_carrier, _placedAt, _firstLookAt, _usedAt) = (carrier, connection.PlacedAt, now, now);
            (_bytesBefore, BytesPerSecond, LastBytes, LastTime) = (connection.BytesWhenPlaced, 0, 0, TimeSpan.Zero);
        }
        else
        {
            Add(bytes - _bytes, time.GetElapsedTime(_lookedAt, now), constant);
            if (bytes != _bytes)
                _usedAt = now;
        }

        (_bytes, _lookedAt) = (bytes, now);
    }

    /// <summary>How long the connection has been on its carrier.</summary>
    public TimeSpan Age(TimeProvider time) => time.GetElapsedTime(_placedAt);

    /// <summary>How long it has been looked at there.</summary>
    public TimeSpan Seen(TimeProvider time) => time.GetElapsedTime(_firstLookAt);

    /// <summary>How long it has moved nothing.</summary>
    public TimeSpan Idle(TimeProvider time) => time.GetElapsedTime(_usedAt);

    /// <summary>True when the connection has shown that it gains by an adapter.</summary>
    public bool IsPromising(TimeProvider time, PlacementOptions options)
    {
        var wanted = options.Promotion;
        return (wanted.Bytes > 0 && Bytes >= wanted.Bytes)
            || (wanted.BytesPerSecond > 0 && BytesPerSecond >= wanted.BytesPerSecond)
            || (wanted.Age > TimeSpan.Zero && Age(time) >= wanted.Age && Idle(time) < options.Demotion.Idle);
    }

    private void Add(long bytes, TimeSpan elapsed, TimeSpan constant)
    {
        (LastBytes, LastTime) = (bytes, elapsed);
        if (elapsed > TimeSpan.Zero)
            BytesPerSecond += (1 - Math.Exp(-elapsed / constant)) * ((bytes / elapsed.TotalSeconds) - BytesPerSecond);
    }
}
