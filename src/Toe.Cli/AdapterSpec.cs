using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Chelsio;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Iwarp.Siw;
using Toe.QLogic;

namespace Toe.Cli;

/// <summary>An <c>--adapter</c> argument.</summary>
/// <param name="AddTo">Registers what it names.</param>
internal sealed record AdapterSpec(Action<IToeBuilder> AddTo)
{
    /// <summary>The link of an emulated card; null for others.</summary>
    public EmulatedLinkOptions? Link { get; private init; }

    public static AdapterSpec Parse(string text, string profileName)
    {
        var profile = CardProfile.Find(profileName) ?? throw new UsageException($"--profile {profileName}: default, t6 and 57810 are known.");
        if (text == "chelsio" || text.StartsWith("chelsio,", StringComparison.Ordinal))
            return Chelsio(text);
        if (text == "siw" || text.StartsWith("siw,", StringComparison.Ordinal))
            return Rdma(text, "siw", static builder => builder.AddSiw());
        if (text == "qlogic" || text.StartsWith("qlogic,", StringComparison.Ordinal))
            return Rdma(text, "qlogic", static builder => builder.AddQLogic());
        if (!text.StartsWith("emulated:", StringComparison.Ordinal))
            throw NotUnderstood(text);
        var parts = text["emulated:".Length..].Split(',');
        if (parts[0] == "fabric")
            return Fabric(text, parts, profile);
        if (parts[0].StartsWith("interface=", StringComparison.Ordinal))
            return Interface(text, parts, profile);
        return parts[0].StartsWith("tap=", StringComparison.Ordinal) ? Tap(text, parts, profile) : throw NotUnderstood(text);
    }

    /// <summary>The options in <c>chelsio[,mark=N|,dscp=N]</c>.</summary>
    public static ChelsioOptions ParseChelsio(string text)
    {
        var parts = text.Split(',');
        if (parts[0] != "chelsio")
            throw NotUnderstood(text);
        var options = new ChelsioOptions();
        foreach (var part in parts.Skip(1))
        {
            var (key, value) = Split(part);
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || key is not ("mark" or "dscp"))
                throw new UsageException($"--adapter {text}: '{part}' is not understood.");
            if (key == "mark")
                options.Mark = number;
            else
                options.Dscp = number;
        }

        return options;
    }

    private static AdapterSpec Chelsio(string text)
    {
        var parsed = ParseChelsio(text);
        return new AdapterSpec(builder => builder.AddChelsio(options => (options.Mark, options.Dscp) = (parsed.Mark, parsed.Dscp)));
    }

    /// <summary><c>siw[,port=N]</c>, <c>qlogic[,port=N]</c>: the port is the peers' RDMA port, and the listener's, as a policy rule would name it.</summary>
    private static AdapterSpec Rdma(string text, string name, Action<IToeBuilder> add)
    {
        int? port = null;
        foreach (var part in text.Split(',').Skip(1))
        {
            var (key, value) = Split(part);
            if (key != "port" || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > IPEndPoint.MaxPort)
                throw new UsageException($"--adapter {text}: '{part}' is not understood; port=N is 1 to 65535.");
            port = number;
        }

        return new AdapterSpec(builder =>
        {
            add(builder);
            if (port is not null)
                builder.Services.Configure<ToeOptions>(options => options.Policy.Rules.Add(new PolicyRuleOptions { Name = $"--adapter {name}", RdmaPort = port }));
        });
    }

    private static AdapterSpec Fabric(string text, string[] parts, CardProfile profile)
    {
        var link = parts.Skip(1).Aggregate(NewLink(profile), (link, part) => Read(text, part, link));
        var options = new EmulatedFabricOptions { Card = link.Card, Faults = link.Faults, CapturePath = link.Capture };
        return new AdapterSpec(builder => builder.AddEmulated(options)) { Link = options };
    }

    private static AdapterSpec Interface(string text, string[] parts, CardProfile profile)
    {
        var name = parts[0]["interface=".Length..];
        var offloads = true;
        var link = NewLink(profile);
        foreach (var part in parts.Skip(1))
        {
            if (part is "offloads=on" or "offloads=off")
                offloads = part == "offloads=on";
            else
                link = Read(text, part, link);
        }

        if (name.Length == 0)
            throw new UsageException($"--adapter {text}: interface=NAME is needed.");
        var options = new EmulatedInterfaceOptions(name)
        {
            Offloads = offloads,
            Card = link.Card with { Name = name },
            Faults = link.Faults,
            CapturePath = link.Capture,
        };
        return new AdapterSpec(builder => builder.AddEmulated(options)) { Link = options };
    }

    private static LinkSettings NewLink(CardProfile profile) => new(new EmulatedCardOptions { Profile = profile }, Faults: null, Capture: null);

    private static AdapterSpec Tap(string text, string[] parts, CardProfile profile)
    {
        var name = parts[0]["tap=".Length..];
        var addresses = new List<InterfaceAddress>();
        var gateways = new List<IPAddress>();
        var offloads = true;
        var link = NewLink(profile);
        foreach (var part in parts.Skip(1))
        {
            var (key, value) = Split(part);
            if (key == "offloads" && value is ("on" or "off"))
                offloads = value == "on";
            else if (key == "address" && InterfaceAddress.TryParse(value, out var address))
                addresses.Add(address);
            else if (key == "gateway" && IPAddress.TryParse(value, out var gateway))
                gateways.Add(gateway);
            else
                link = Read(text, part, link);
        }

        if (name.Length == 0 || addresses.Count == 0)
            throw new UsageException($"--adapter {text}: tap=NAME and at least one address=CIDR are needed.");
        var options = new EmulatedTapOptions(name, addresses)
        {
            Gateways = gateways,
            Offloads = offloads,
            Card = link.Card with { Name = "tap-" + name },
            Faults = link.Faults,
            CapturePath = link.Capture,
        };
        return new AdapterSpec(builder => builder.AddEmulated(options)) { Link = options };
    }

    /// <summary>Reads what every emulated link understands.</summary>
    private static LinkSettings Read(string text, string part, LinkSettings link)
    {
        var (key, value) = Split(part);
        if (key == "firmware")
            return link with { Card = link.Card with { Profile = link.Card.Profile with { Firmware = value } } };
        if (key == "capture" && value.Length > 0)
            return link with { Capture = value };
        if (key == "shards" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var shards) && shards is >= 1 and <= EmulatedCardOptions.MaximumShards)
            return link with { Card = link.Card with { Shards = shards } };
        if (key == "processor" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var processor) && processor <= EmulatedCardOptions.MaximumProcessor)
            return link with { Card = link.Card with { Processors = [.. link.Card.Processors, processor] } };
        if (key == "busy-poll" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return link with { Card = link.Card with { BusyPoll = TimeSpan.FromMicroseconds(microseconds) } };
        return link with { Faults = FaultFrom(link.Faults ?? LinkFaults.None, key, value) ?? throw new UsageException($"--adapter {text}: '{part}' is not understood.") };
    }

    private static (string Key, string Value) Split(string part) => part.Split('=', 2) is [var left, var right] ? (left, right) : (part, "");

    /// <summary>Faults that the link puts in, for trying what they do: rates from 0 to 1, the delay in milliseconds.</summary>
    private static LinkFaults? FaultFrom(LinkFaults faults, string key, string value)
    {
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        if (key is "loss" or "reordering" or "duplication" or "corruption" && number > 1)
            return null;
        return key switch
        {
            "loss" => faults with { Loss = number },
            "reordering" => faults with { Reordering = number },
            "duplication" => faults with { Duplication = number },
            "corruption" => faults with { Corruption = number },
            "delay" => faults with { Delay = TimeSpan.FromMilliseconds(number) },
            "seed" => faults with { Seed = (long)number },
            _ => null,
        };
    }

    private static UsageException NotUnderstood(string text) => new($"--adapter {text}: emulated:fabric, emulated:tap=NAME,address=CIDR, emulated:interface=NAME, chelsio, qlogic and siw are known.");

    private sealed record LinkSettings(EmulatedCardOptions Card, LinkFaults? Faults, string? Capture);
}
