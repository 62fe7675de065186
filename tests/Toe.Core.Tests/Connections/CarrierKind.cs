namespace Toe.Core.Tests.Connections;

/// <summary>What carries the end of a connection under test. An accepted end has another way through the stack than a connecting one.</summary>
public enum CarrierKind
{
    /// <summary>A host socket that connected; its peer is one too.</summary>
    Host,

    /// <summary>A host socket that was accepted.</summary>
    HostAccepted,

    /// <summary>The software TOE's connecting end; its peer is another card.</summary>
    Fabric,

    /// <summary>The software TOE's accepted end.</summary>
    FabricAccepted,

    /// <summary>A scripted adapter's connecting end, over a wire that holds 4 KiB; its peer is on the same adapter.</summary>
    Scripted,

    /// <summary>A scripted adapter's accepted end.</summary>
    ScriptedAccepted,

    /// <summary>A kernel socket that a vendor's module may have; its peer is a plain host socket.</summary>
    KernelManaged,
}
