namespace Toe;

/// <summary>What this process shows to the <c>toe</c> tool: <c>Toe:Diagnostics</c>.</summary>
public sealed class DiagnosticsOptions
{
    /// <summary>True opens the file socket (mode 0600) that the <c>toe</c> tool reads connections from.</summary>
    /// <value>Default true.</value>
    public bool Endpoint { get; set; } = true;
}
