namespace KestrelOverToe;

/// <summary>The connection that asks.</summary>
internal sealed record Me(Line Connection, string Protocol, bool IsHttps, string Trace);
