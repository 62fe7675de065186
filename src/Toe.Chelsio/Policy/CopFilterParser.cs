using System.Globalization;
using System.Net;

namespace Toe.Chelsio.Policy;

/// <summary>Reads a rule's filter into a question of three answers: yes, no, not known.</summary>
internal sealed class CopFilterParser(CopTokens tokens)
{
    private const int DeepestNesting = 64;

    private static readonly Func<CopQuestion, bool?> Unknown = static _ => null;

    private int _depth;

    /// <summary>Reads a filter with its conditions: <c>a ? b : c</c>.</summary>
    /// <exception cref="FormatException">It is not one; the message says what stands where.</exception>
    public Func<CopQuestion, bool?> ParseFilter()
    {
        if (++_depth > DeepestNesting)
            throw new FormatException("the filter is nested too deeply");
        var condition = ParseOr();
        if (tokens.TryTake("?"))
        {
            var (test, then) = (condition, ParseFilter());
            if (!tokens.TryTake(":"))
                throw new FormatException("':' is missing behind '?'");
            var otherwise = ParseFilter();
            condition = question => test(question) switch
            {
                true => then(question),
                false => otherwise(question),
                null => then(question) is { } left && left == otherwise(question) ? left : null,
            };
        }

        _depth--;
        return condition;
    }

    private Func<CopQuestion, bool?> ParseOr()
    {
        var filter = ParseAnd();
        while (tokens.TryTake("or", "||"))
        {
            var (left, right) = (filter, ParseAnd());
            filter = question => left(question) is true ? true : right(question) is true ? true : left(question) is null || right(question) is null ? null : false;
        }

        return filter;
    }

    private Func<CopQuestion, bool?> ParseAnd()
    {
        var filter = ParseNot();
        while (tokens.TryTake("and", "&&"))
        {
            var (left, right) = (filter, ParseNot());
            filter = question => left(question) is false ? false : right(question) is false ? false : left(question) is null || right(question) is null ? null : true;
        }

        return filter;
    }

    private Func<CopQuestion, bool?> ParseNot()
    {
        var negated = false;
        while (tokens.TryTake("not", "!"))
            negated = !negated;
        var filter = ParsePrimary();
        return negated ? question => !filter(question) : filter;
    }

    private Func<CopQuestion, bool?> ParsePrimary()
    {
        if (tokens.TryTake("("))
        {
            var filter = ParseFilter();
            return tokens.TryTake(")") ? filter : throw new FormatException("')' is missing");
        }

        switch (tokens.Next)
        {
            case "all" or "any" or "-":
                tokens.Take();
                return static _ => true;
            case "listen":
                tokens.Take();
                return static question => question.Open == CopOpen.Listen;
            case "aopen":
                tokens.Take();
                return static question => question.Open == CopOpen.Active;
            case "popen":
                tokens.Take();
                return static question => question.Open == CopOpen.Passive;
            case "vers":
                tokens.Take();
                return ParseVersion();
            case "mark":
                tokens.Take();
                return ParseComparison(static question => question.Mark);
            case "tos":
                tokens.Take();
                return ParseComparison(static question => question.TrafficClass);
            case "dscp":
                tokens.Take();
                return ParseComparison(static question => question.TrafficClass >> 2);
            case "vlan":
                tokens.Take();
                return ParseComparison(static _ => null);
            case "src" or "dst" or "host" or "net" or "port" or "portrange":
                return ParseEnds();
            case "" or "=>" or ")" or "?" or ":":
                throw new FormatException(tokens.IsAtEnd ? "the filter ends too early" : $"'{tokens.Next}' where a filter should stand");
            default:
                // A word of a newer compiler: it stands for something that may or may not be.
                tokens.Take();
                return Unknown;
        }
    }

    private Func<CopQuestion, bool?> ParseVersion()
    {
        var version = tokens.Take();
        if (version is not ("4" or "6"))
            throw new FormatException($"'vers {version}' is neither 4 nor 6");
        var wanted = version == "4" ? System.Net.Sockets.AddressFamily.InterNetwork : System.Net.Sockets.AddressFamily.InterNetworkV6;
        return question => (question.Destination ?? question.Source)?.AddressFamily is { } family ? family == wanted : null;
    }

    private Func<CopQuestion, bool?> ParseComparison(Func<CopQuestion, long?> value)
    {
        long? mask = tokens.TryTake("&") ? TakeNumber() : null;
        var sign = tokens.Next is "==" or "!=" or "<" or "<=" or ">" or ">=" ? tokens.Take() : "==";
        var wanted = TakeNumber();
        return question => (mask is { } bits ? value(question) & bits : value(question)) is not { } actual ? null : sign switch
        {
            "==" => actual == wanted,
            "!=" => actual != wanted,
            "<" => actual < wanted,
            "<=" => actual <= wanted,
            ">" => actual > wanted,
            _ => actual >= wanted,
        };
    }

    /// <summary><c>[src | dst | src or dst | src and dst] host|net|port|portrange …</c>; without direction either end will do.</summary>
    private Func<CopQuestion, bool?> ParseEnds()
    {
        var (source, destination, both) = ParseDirection();
        var matches = ParseEnd();
        return question =>
        {
            // A listening socket is matched as the source, and has no other end.
            var left = source ? matches(question.Source) : null;
            var right = destination && question.Open != CopOpen.Listen ? matches(question.Destination) : null;
            if (!destination)
                return left;
            if (!source)
                return question.Open == CopOpen.Listen ? false : right;
            if (question.Open == CopOpen.Listen)
                return both ? false : left;
            return both
                ? left is false || right is false ? false : left is null || right is null ? null : true
                : left is true || right is true ? true : left is null || right is null ? null : false;
        };
    }

    private (bool Source, bool Destination, bool Both) ParseDirection()
    {
        if (tokens.Next is not ("src" or "dst"))
            return (true, true, false);
        var first = tokens.Take();
        if (tokens.Next is not ("or" or "||" or "and" or "&&") || tokens.Peek(1) is not ("src" or "dst"))
            return (first == "src", first == "dst", false);
        var both = tokens.Take() is "and" or "&&";
        var second = tokens.Take();
        return (first == "src" || second == "src", first == "dst" || second == "dst", both);
    }

    private Func<IPEndPoint?, bool?> ParseEnd()
    {
        switch (tokens.Take())
        {
            case "host":
                var address = TakeAddress();
                return end => end is null ? null : end.Address.Equals(address);
            case "net":
                return ParseNetwork();
            case "port":
                return ParsePort();
            case "portrange":
                return ParsePortRange();
            case var other:
                throw new FormatException($"'{other}' where host, net, port or portrange should stand");
        }
    }

    private Func<IPEndPoint?, bool?> ParseNetwork()
    {
        var text = tokens.Take();
        if (tokens.TryTake("mask"))
        {
            if (!IPAddress.TryParse(text, out var address))
                throw new FormatException($"'{text}' is no address");
            var (prefix, mask) = (address.GetAddressBytes(), TakeAddress().GetAddressBytes());
            return prefix.Length == mask.Length ? end => Contains(end, prefix, mask) : throw new FormatException($"the mask of '{text}' is of the other family");
        }

        if (!text.Contains('/', StringComparison.Ordinal) && IPAddress.TryParse(text, out var single))
            return end => end is null ? null : end.Address.Equals(single);
        return IPNetwork.TryParse(text, out var network)
            ? end => end is null ? null : end.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(end.Address)
            : throw new FormatException($"'{text}' is no network");
    }

    private static bool? Contains(IPEndPoint? end, byte[] prefix, byte[] mask)
    {
        if (end is null)
            return null;
        var address = end.Address.GetAddressBytes();
        if (address.Length != prefix.Length)
            return false;
        for (var i = 0; i < address.Length; i++)
        {
            if ((address[i] & mask[i]) != (prefix[i] & mask[i]))
                return false;
        }

        return true;
    }

    private Func<IPEndPoint?, bool?> ParsePort()
    {
        var text = tokens.Take();
        if (text.Length == 0)
            throw new FormatException("the port is missing");
        // A name would need the services of the machine that the policy was written for.
        return TryReadPort(text, out var port) ? end => end is not { Port: > 0 } ? null : end.Port == port : static _ => null;
    }

    private Func<IPEndPoint?, bool?> ParsePortRange()
    {
        var text = tokens.Take();
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0 || !TryReadPort(text[..dash], out var first) || !TryReadPort(text[(dash + 1)..], out var last))
            throw new FormatException($"'{text}' is no range of ports");
        return end => end is not { Port: > 0 } ? null : end.Port >= first && end.Port <= last;
    }

    private IPAddress TakeAddress()
    {
        var text = tokens.Take();
        return IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no address");
    }

    private long TakeNumber()
    {
        var text = tokens.Take();
        var hexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(hexadecimal ? text[2..] : text, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is no number");
    }

    private static bool TryReadPort(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
