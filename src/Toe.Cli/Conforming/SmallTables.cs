using Toe.Emulated;

namespace Toe.Cli.Conforming;

/// <summary>A card whose tables are soon full.</summary>
internal static class SmallTables
{
    /// <summary>The same card with small tables, and with memory that the default buffers of its connections do not exhaust.</summary>
    public static EmulatedCardOptions Of(EmulatedCardOptions card) => card with
    {
        BufferSize = 64 << 10,
        Profile = card.Profile with { Connections = 24, Listeners = Math.Min(card.Profile.Listeners, 4), Memory = 64 << 20 },
    };
}
