using System.Globalization;
using System.Net;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Cli;

/// <summary>An <c>--adapter</c> argument.</summary>
/// <param name="AddTo">Registers what it names.</param>
internal sealed record AdapterSpec(Action<IToeBuilder> AddTo)
{
    public static AdapterSpec Parse(string text, string profileName)
    {
        var profile = CardProfile.Find(profileName) ?? throw new UsageException($"--profile {profileName}: default, t6 and 57810 are known.");
        if (text == "emulated:fabric")
            return new AdapterSpec(builder => builder.AddEmulated(new EmulatedFabricOptions { Card = new EmulatedCardOptions { Profile = profile } }));
        if (text.StartsWith("emulated:tap=", StringComparison.Ordinal))
            return Tap(text, profile);
        throw new UsageException($"--adapter {text}: emulated:fabric and emulated:tap=NAME,address=CIDR are known.");
    }

    private static AdapterSpec Tap(string text, CardProfile profile)
    {
        var name = "";
        var addresses = new List<InterfaceAddress>();
        var gateways = new List<IPAddress>();
        LinkFaults? faults = null;
        foreach (var part in text["emulated:".Length..].Split(','))
        {
            var (key, value) = part.Split('=', 2) is [var left, var right] ? (left, right) : (part, "");
            switch (key)
            {
                case "tap" when value.Length > 0:
                    name = value;
                    break;
                case "address" when InterfaceAddress.TryParse(value, out var address):
                    addresses.Add(address);
                    break;
                case "gateway" when IPAddress.TryParse(value, out var gateway):
                    gateways.Add(gateway);
                    break;
                default:
                    faults = FaultFrom(faults ?? LinkFaults.None, key, value) ?? throw new UsageException($"--adapter {text}: '{part}' is not understood.");
                    break;
            }
        }

        if (name.Length == 0 || addresses.Count == 0)
            throw new UsageException($"--adapter {text}: tap=NAME and at least one address=CIDR are needed.");
        var card = new EmulatedCardOptions { Name = "tap-" + name, Profile = profile };
        return new AdapterSpec(builder => builder.AddEmulated(new EmulatedTapOptions(name, addresses) { Gateways = gateways, Card = card, Faults = faults }));
    }

    /// <summary>Faults that the link puts in, for trying what they do: rates from 0 to 1, the delay in milliseconds.</summary>
    private static LinkFaults? FaultFrom(LinkFaults faults, string key, string value)
    {
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
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
}
