namespace Toe.Linux.Images;

/// <summary>What an image answers to calls, from one moment on.</summary>
internal sealed class ImageCalls
{
    private readonly Dictionary<(string Interface, string Request), HostAnswer<byte[]>> _ethtool = [];
    private readonly Dictionary<(string Family, int Command, bool IsDump, string Request), HostAnswer<IReadOnlyList<byte[]>>> _netlink = [];
    private readonly Dictionary<string, HostAnswer<ToolOutput>> _tools = new(StringComparer.Ordinal);
    private readonly HashSet<string> _interfaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);

    public ImageCalls()
    {
    }

    /// <summary>Begins with what an earlier moment answered.</summary>
    public ImageCalls(ImageCalls earlier)
    {
        _ethtool = new(earlier._ethtool);
        _netlink = new(earlier._netlink);
        _tools = new(earlier._tools, StringComparer.Ordinal);
        _interfaces = new(earlier._interfaces, StringComparer.Ordinal);
        _families = new(earlier._families, StringComparer.Ordinal);
    }

    /// <summary>Adds what a document says; it takes the place of what was said before.</summary>
    /// <exception cref="HostImageException">Something in it is no answer.</exception>
    public void Add(CallsDocument calls, string file, ImageFolder folder, string tools)
    {
        foreach (var call in NoNulls(calls.Ethtool, file))
        {
            _interfaces.Add(call.Interface);
            _ethtool[(call.Interface, Key(Bytes(call.Request, file)))] = call.Answer is { } answer
                ? HostAnswers.Found(Bytes(answer, file)) : HostAnswers.Failed<byte[]>(Error(call.Error, file), call.Text);
        }

        foreach (var call in NoNulls(calls.Netlink, file))
        {
            _families.Add(call.Family);
            _netlink[(call.Family, call.Command, call.Dump, Key(Bytes(call.Request, file)))] = call.Messages is { } messages
                ? HostAnswers.Found<IReadOnlyList<byte[]>>([.. messages.Select(message => Bytes(message, file))])
                : HostAnswers.Failed<IReadOnlyList<byte[]>>(Error(call.Error, file), call.Text);
        }

        foreach (var call in NoNulls(calls.Tools, file))
            _tools[string.Join('\0', NoNulls(call.Command, file))] = Tool(call, file, folder, tools);
    }

    public HostAnswer<byte[]> Ethtool(string interfaceName, ReadOnlySpan<byte> command)
    {
        if (!_ethtool.TryGetValue((interfaceName, Key(command)), out var answer))
            return HostAnswers.Failed<byte[]>(_interfaces.Contains(interfaceName) ? ErrorNumber.NotSupported : ErrorNumber.NoDevice);
        if (!answer.IsFound)
            return answer;
        var structure = new byte[command.Length];
        answer.Value.AsSpan(0, Math.Min(structure.Length, answer.Value.Length)).CopyTo(structure);
        return HostAnswers.Found(structure);
    }

    public HostAnswer<IReadOnlyList<byte[]>> Netlink(NetlinkQuestion question)
    {
        if (_netlink.TryGetValue((question.Family, question.Command, question.IsDump, Key(question.Payload.Span)), out var answer))
            return answer;
        return question.IsDump && _families.Contains(question.Family)
            ? HostAnswers.Found<IReadOnlyList<byte[]>>([])
            : HostAnswers.Failed<IReadOnlyList<byte[]>>(ErrorNumber.NoEntry);
    }

    public HostAnswer<ToolOutput> Tool(ToolCommand command) =>
        _tools.TryGetValue(string.Join('\0', [command.Tool, .. command.Arguments]), out var answer) ? answer : HostAnswers.Failed<ToolOutput>(ErrorNumber.NoEntry);

    private static HostAnswer<ToolOutput> Tool(ToolDocument call, string file, ImageFolder folder, string tools)
    {
        if (call.Exit is not { } exit)
            return HostAnswers.Failed<ToolOutput>(Error(call.Error, file), call.Text);
        return HostAnswers.Found(new ToolOutput(exit, ReadTool(call.Output, file, folder, tools), System.Text.Encoding.UTF8.GetString(ReadTool(call.StandardError, file, folder, tools))));
    }

    private static byte[] ReadTool(string? name, string file, ImageFolder folder, string tools)
    {
        if (name is null)
            return [];
        if (folder.FindTool(tools, name) is not { } place)
            throw new HostImageException(file, $"'{name}' is no file in {tools}");
        var content = ImageFolder.Read(place, HostLimits.ToolOutput);
        return content.Value ?? throw new HostImageException(file, $"'{name}': {content.Reason}");
    }

    private static byte[] Bytes(string? text, string file)
    {
        if (text is null)
            throw new HostImageException(file, "an answer or a message is null");
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException exception)
        {
            throw new HostImageException(file, $"'{(text.Length > 40 ? text[..40] + "…" : text)}' is not hexadecimal", exception);
        }
    }

    /// <summary>A list of JSON may hold null whatever its type says.</summary>
    private static T[] NoNulls<T>(T[] items, string file)
        where T : class => Array.TrueForAll(items, static item => item is not null) ? items : throw new HostImageException(file, "a list holds null");

    private static int Error(string? name, string file) =>
        name is not null && ErrorNumber.TryParse(name, out var number)
            ? number
            : throw new HostImageException(file, name is null ? "a call has neither an answer nor an error" : $"'{name}' is no error's symbol");

    /// <summary>A structure's tail of zeros means nothing: it is as long as the caller made it.</summary>
    private static string Key(ReadOnlySpan<byte> request) => Convert.ToHexString(request.TrimEnd((byte)0));
}
