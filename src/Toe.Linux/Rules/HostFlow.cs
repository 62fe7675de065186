using System.Net;

namespace Toe.Linux;

/// <summary>A connection that is about to be offloaded, as far as it is known.</summary>
/// <param name="IsListen">True when peers open it.</param>
/// <param name="Local">The local endpoint; null, the any-address or port 0 leave it open.</param>
/// <param name="Remote">The peer; null for a listener that has met none.</param>
/// <param name="Interface">The interface it uses; null when it is not known.</param>
public readonly record struct HostFlow(bool IsListen, IPEndPoint? Local, IPEndPoint? Remote, string? Interface);
