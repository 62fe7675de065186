namespace Toe.Linux.Rules;

/// <summary>Where in the host's stack a chain sits. Source: linux/netfilter.h.</summary>
internal enum RuleHook
{
    /// <summary>No hook: a chain that others jump to.</summary>
    None,

    /// <summary>Before routing, on the way in.</summary>
    Prerouting,

    /// <summary>To this host.</summary>
    Input,

    /// <summary>Through this host; never on the way of a connection of its own.</summary>
    Forward,

    /// <summary>From this host.</summary>
    Output,

    /// <summary>After routing, on the way out.</summary>
    Postrouting,

    /// <summary>At a device, before everything else.</summary>
    Ingress,

    /// <summary>At a device, after everything else.</summary>
    Egress,
}
