using System.Globalization;
using Toe.Throughput.Rows;

namespace Toe.Throughput;

/// <summary>What the program was asked for.</summary>
internal sealed class CommandLine
{
    public const string Usage = "usage: bench/throughput [--only ROW] [--pairs MOST] [--quick] [--json] [--results FOLDER] [--peer NAME='COMMAND {tap} {mode} {bytes}'] [--list]";

    private readonly List<Peer> _peers = [];

    private CommandLine()
    {
    }

    public string? Only { get; private set; }

    /// <summary>The most pairs of a row; null for the usual number.</summary>
    public int? Pairs { get; private set; }

    public bool IsQuick { get; private set; }

    public bool IsJson { get; private set; }

    public bool IsList { get; private set; }

    /// <summary>Where the result files go; null for none.</summary>
    public string? Results { get; private set; }

    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Reads it.</summary>
    /// <returns>Null where it makes no sense.</returns>
    public static CommandLine? TryParse(string[] arguments)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    line.IsQuick = true;
                    break;
                case "--json":
                    line.IsJson = true;
                    break;
                case "--list":
                    line.IsList = true;
                    break;
                case "--only" when i + 1 < arguments.Length:
                    line.Only = arguments[++i];
                    break;
                case "--pairs" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var pairs) && pairs >= 2:
                    line.Pairs = pairs;
                    i++;
                    break;
                case "--results" when i + 1 < arguments.Length:
                    line.Results = arguments[++i];
                    break;
                case "--peer" when i + 1 < arguments.Length && Peer.TryParse(arguments[i + 1]) is { } peer:
                    line._peers.Add(peer);
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return line;
    }
}
