namespace Toe.Chelsio.Devices;

/// <summary>What of TCP offload a product has. Source: Unified Wire 3.14.0.3, docs/README.txt.</summary>
internal enum ToeSupport
{
    /// <summary>The product is not in the table: the adapter itself has to show it.</summary>
    Unknown,

    /// <summary>With the card's own memory.</summary>
    Full,

    /// <summary>Without memory of the card's own: 256 connections over IPv4, or 128 over IPv6.</summary>
    MemoryFree,

    /// <summary>None: a network card.</summary>
    None,
}
