namespace Toe.WebProbe;

/// <summary>What the server knows of the connection of a request.</summary>
/// <param name="Id">Kestrel's name for it.</param>
/// <param name="Protocol">The request's protocol.</param>
/// <param name="Remote">The client's endpoint.</param>
/// <param name="Local">The server's endpoint.</param>
/// <param name="AdapterId">The adapter that carries it; null on the host stack, and where no stack is.</param>
/// <param name="Reason">Why it runs on the host stack.</param>
/// <param name="Trace">The decision; null where no stack is.</param>
public sealed record ConnectionPage(string Id, string Protocol, string Remote, string Local, string? AdapterId, string? Reason, string? Trace);
