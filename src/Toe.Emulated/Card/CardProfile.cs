namespace Toe.Emulated;

/// <summary>The limits, the model and the firmware grammar of a card: what the software TOE pretends to be limited to. A profile never changes how TCP runs.</summary>
public sealed record CardProfile
{
    /// <summary>The software TOE as itself.</summary>
    public static CardProfile Default { get; } = new();

    /// <summary>The limits of a Chelsio T6: 12,288 connections, of which one over IPv6 takes two entries, 496 listeners, 3,072 neighbours. It does not move connections. The product name says that it is emulated.</summary>
    /// <remarks>Source: the T6 default configuration file of Chelsio's Unified Wire 3.14.0.3 (<c>t6-config.txt</c>: <c>nhash</c>, <c>nserver</c>, <c>nl2t</c>). A card reports its own limits, and other files give it others: 32,768 or 98,204 connections with 512 listeners (<c>high_capacity_config</c>, <c>high_capacity_toe_100k</c>). The buffer memory is the software TOE's.</remarks>
    public static CardProfile T6 { get; } = new()
    {
        Model = "Software TOE (T6 profile)",
        MovesConnections = false,
        Connections = 12288,
        Listeners = 496,
        Neighbours = 3072,
        ConnectionEntriesIPv6 = 2,
    };

    /// <summary>A QLogic 57810 (NetXtreme II, 10 GbE) under TCP Chimney: it opens and accepts nothing, but takes over established connections (<see cref="OffloadModel.EstablishedState"/>), at most 1,880, and gives them up again. The product name says that it is emulated.</summary>
    /// <remarks>Source: Broadcom's NetXtreme II user guide, which names 1,880 for 10 GbE and 1,024 for 1 GbE. The number of neighbours is not documented: 1,024 is a guess, and the buffer memory is the software TOE's.</remarks>
    public static CardProfile NetXtreme57810 { get; } = new()
    {
        Model = "Software TOE (57810 profile)",
        OffloadModel = OffloadModel.EstablishedState,
        Connections = 1880,
        Listeners = 0,
        Neighbours = 1024,
    };

    /// <summary>The product name, by which the firmware catalogue knows the card. Default <c>Software TOE</c>.</summary>
    public string Model { get; init; } = "Software TOE";

    /// <summary>How connections get onto the card: <see cref="OffloadModel.FullConnection"/>, the default, or <see cref="OffloadModel.EstablishedState"/>.</summary>
    public OffloadModel OffloadModel { get; init; } = OffloadModel.FullConnection;

    /// <summary>Established connections can be taken over and given up. Default true.</summary>
    public bool MovesConnections { get; init; } = true;

    /// <summary>Entries of the connection table: a connection keeps its entry from its opening, or from its SYN where it is accepted (at the end of a handshake with a cookie), until it is closed on the wire; TIME-WAIT takes at most a quarter of the table, where the oldest makes room. Default 65,536.</summary>
    public int Connections { get; init; } = 65536;

    /// <summary>Entries an IPv6 connection takes. Default 1; a T6 takes 2.</summary>
    public int ConnectionEntriesIPv6 { get; init; } = 1;

    /// <summary>Entries of the listener table. Default 1,024.</summary>
    public int Listeners { get; init; } = 1024;

    /// <summary>Entries of the neighbour table. Default 1,024.</summary>
    public int Neighbours { get; init; } = 1024;

    /// <summary>Bytes of buffer memory for all connections. Default 4 GiB.</summary>
    public long Memory { get; init; } = 4L << 30;

    /// <summary>The firmware that the card starts with, as text. Default <c>1.2.0</c>.</summary>
    public string? Firmware { get; init; } = "1.2.0";

    /// <summary>Makes a version of a firmware text, or null when the text does not follow the grammar. Default: one to four numbers with dots.</summary>
    public Func<string, FirmwareVersion?> Grammar { get; init; } = static text => FirmwareVersion.TryParse(text, out var version) ? version : null;

    /// <summary>Finds a profile by the name that the tool and configuration use: <c>default</c>, <c>t6</c> or <c>57810</c>.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <returns>The profile; null when there is none of that name.</returns>
    public static CardProfile? Find(string name) => name?.ToUpperInvariant() switch
    {
        "DEFAULT" => Default,
        "T6" => T6,
        "57810" => NetXtreme57810,
        _ => null,
    };
}
