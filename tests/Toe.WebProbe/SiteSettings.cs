using System.Text.Json;

namespace Toe.WebProbe;

/// <summary>What a site is told: which transport it listens on, and the limits that a test wants.</summary>
public sealed record SiteSettings
{
    /// <summary>What carries it: <c>sockets</c> (Kestrel's own), <c>host</c> (the stack without adapters), <c>fabric</c>, <c>tap=DEVICE</c> or <c>interface=DEVICE</c>.</summary>
    public string Transport { get; init; } = "sockets";

    /// <summary>The address of its endpoints.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The buffers of a card's connection, in bytes; null is the card's default.</summary>
    public int? CardBufferSize { get; init; }

    /// <summary>Kestrel's limit of the same name; null is Kestrel's default, as everywhere here.</summary>
    public TimeSpan? KeepAliveTimeout { get; init; }

    /// <summary>Kestrel's limit of the same name.</summary>
    public TimeSpan? RequestHeadersTimeout { get; init; }

    /// <summary>Bytes a second that a request's body must bring, after a grace of a second.</summary>
    public double? MinRequestBodyDataRate { get; init; }

    /// <summary>Bytes a second that a response must be taken with, after a grace of a second.</summary>
    public double? MinResponseDataRate { get; init; }

    /// <summary>Kestrel's limit of the same name.</summary>
    public long? MaxConcurrentConnections { get; init; }

    /// <summary>Kestrel's limit of the same name.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>The host's time to shut down.</summary>
    public TimeSpan? ShutdownTimeout { get; init; }

    /// <summary>These settings as one argument of a command line.</summary>
    public string ToArgument() => JsonSerializer.Serialize(this);

    /// <summary>Reads them back.</summary>
    public static SiteSettings Parse(string argument) => JsonSerializer.Deserialize<SiteSettings>(argument) ?? new SiteSettings();
}
