namespace Toe.Core.Tests.Scripted;

/// <summary>One end of a connection in memory: what arrives and what is sent.</summary>
internal sealed record ScriptedWire(ScriptedPipe In, ScriptedPipe Out)
{
    public static (ScriptedWire One, ScriptedWire Other) Pair(int capacity = 4096)
    {
        var (there, back) = (new ScriptedPipe(capacity), new ScriptedPipe(capacity));
        return (new ScriptedWire(back, there), new ScriptedWire(there, back));
    }
}
