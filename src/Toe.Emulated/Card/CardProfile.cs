namespace Toe.Emulated;

/// <summary>The limits, the model and the firmware grammar of a card: what the software TOE pretends to be limited to. A profile never changes how TCP runs.</summary>
public sealed record CardProfile
{
    /// <summary>The software TOE as itself.</summary>
    public static CardProfile Default { get; } = new();

    /// <summary>The limits of a Chelsio T6: 12,288 connections, of which one over IPv6 takes two entries, 496 listeners, 3,072 neighbours. The product name says that it is emulated.</summary>
    /// <remarks>Source: the T6 default configuration file of Chelsio's Unified Wire 3.14.0.3 (<c>t6-config.txt</c>: <c>nhash</c>, <c>nserver</c>, <c>nl2t</c>). A card reports its own limits, and other files give it others: 32,768 or 98,204 connections with 512 listeners (<c>high_capacity_config</c>, <c>high_capacity_toe_100k</c>). The buffer memory is the software TOE's.</remarks>
    public static CardProfile T6 { get; } = new()
    {
        Model = "Software TOE (T6 profile)",
        Connections = 12288,
        Listeners = 496,
        Neighbours = 3072,
        ConnectionEntriesIPv6 = 2,
    };

    /// <summary>The limits of a QLogic 57810 (NetXtreme II, 10 GbE) under TCP Chimney: 1,880 fully offloaded connections. The product name says that it is emulated.</summary>
    /// <remarks>Source: Broadcom's NetXtreme II user guide, which names 1,880 for 10 GbE and 1,024 for 1 GbE. The tables beside it are not documented: 64 listeners and 1,024 neighbours are guesses, and the buffer memory is the software TOE's. A real 57810 takes established connections only (<see cref="OffloadModel.EstablishedState"/>) and has no listeners; the emulated card keeps the software TOE's model.</remarks>
    public static CardProfile NetXtreme57810 { get; } = new()
    {
        Model = "Software TOE (57810 profile)",
        Connections = 1880,
        Listeners = 64,
        Neighbours = 1024,
    };

    /// <summary>The product name, by which the firmware catalogue knows the card. Default <c>Software TOE</c>.</summary>
    public string Model { get; init; } = "Software TOE";

    /// <summary>Entries of the connection table: a connection keeps its entry from its opening, or from its SYN where it is accepted, until it is closed on the wire; TIME-WAIT takes at most a quarter of the table, where the oldest makes room. Default 65,536.</summary>
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
