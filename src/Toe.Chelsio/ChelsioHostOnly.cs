using System.Net;

namespace Toe.Chelsio;

/// <summary>What the policy that the SDK writes keeps on the host stack.</summary>
public sealed class ChelsioHostOnly
{
    /// <summary>Only opens with an end in this network. Default null: any.</summary>
    public IPNetwork? Network { get; set; }

    /// <summary>Only opens with an end on a port from here, 1 to 65535. Default null: any.</summary>
    public int? FirstPort { get; set; }

    /// <summary>The last port of the range. Default null: <see cref="FirstPort"/> alone.</summary>
    public int? LastPort { get; set; }

    internal string? Check()
    {
        if (Network is null && FirstPort is null)
            return "an entry of HostOnly names a network, a port, or both";
        if (FirstPort is < 1 or > 65535 || LastPort is < 1 or > 65535 || (FirstPort is null && LastPort is not null) || LastPort < FirstPort)
            return "an entry of HostOnly has no range of ports between 1 and 65535";
        return null;
    }
}
