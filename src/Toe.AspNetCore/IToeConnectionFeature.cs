namespace Toe.AspNetCore;

/// <summary>The connection below a request: where it runs, and why. A feature of the connection, and so of each of its requests: <c>context.Features.Get&lt;IToeConnectionFeature&gt;()</c>.</summary>
public interface IToeConnectionFeature
{
    /// <summary>The connection. Kestrel reads, writes and closes it; look at <see cref="ToeConnection.Placement"/>, <see cref="ToeConnection.Trace"/> and <see cref="ToeConnection.GetInfo"/>, or move it.</summary>
    ToeConnection Connection { get; }
}
