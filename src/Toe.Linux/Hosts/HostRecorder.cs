using System.IO.Enumeration;
using System.Text;
using Toe.Linux.Images;
using Toe.Linux.Recording;

namespace Toe.Linux;

/// <summary>
/// Makes an image of a machine (<c>docs/host-images.md</c>): what providers and gates of this SDK would read of it, with addresses, hardware addresses and the machine's
/// name replaced by others that decide the same. Only reads. Interface names, PCI addresses, ports and versions stay.
/// </summary>
public sealed class HostRecorder : IDisposable
{
    private const long MostBytes = 64 << 20;
    private const int MostFiles = 20_000;

    // Twice as many in hexadecimal: the image's own limit for calls.json is 64 MiB.
    private const long MostNetlinkBytes = 24 << 20;
    private const int MessageCost = 8;
    private const int NoEntry = ErrorNumber.NoEntry;

    private readonly ILinuxHost _host;
    private readonly AddressScrubber _addresses = new();
    private readonly TextScrubber _text;
    private readonly ImageWriter _writer;
    private readonly List<string> _refused = [];
    private long _netlinkLeft = MostNetlinkBytes;

    private HostRecorder(ILinuxHost host, string directory)
    {
        _host = host;
        _text = new TextScrubber(_addresses, host.ReadText("/proc/sys/kernel/hostname").Value);
        _writer = new ImageWriter(directory);
    }

    /// <summary>Records a machine.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="directory">The folder to write; new or empty.</param>
    /// <param name="name">A name for the image.</param>
    /// <param name="cancellationToken">Ends it; what was written stays and is no image.</param>
    /// <returns>What it took.</returns>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static async ValueTask<HostRecording> RecordAsync(ILinuxHost host, string directory, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var recorder = new HostRecorder(host, directory);
        return await recorder.RecordAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the key of the addresses.</summary>
    public void Dispose() => _addresses.Dispose();

    private async ValueTask<HostRecording> RecordAsync(string name, CancellationToken cancellationToken)
    {
        _writer.Begin();
        foreach (var place in RecordedPlaces.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Record("", place.Pattern.Trim('/').Split('/'), place.Kind);
        }

        // The two differ where /sys is another namespace's.
        foreach (var device in (LinkTable.Read(_host).Value ?? []).Select(static link => link.Name).Union(_host.List("/sys/class/net").Value ?? [], StringComparer.Ordinal))
            RecordDriver(device);
        var routes = new RouteScrubber(_addresses);
        foreach (var command in RecordedPlaces.Dumps)
            RecordDump("route", command, message => routes.Scrub(command, message));
        foreach (var command in RecordedPlaces.DevlinkDumps)
            RecordDump(Devlink.Family, command, static message => DevlinkScrubber.Scrub(message));
        foreach (var command in RecordedPlaces.EthtoolDumps)
            RecordDump(EthtoolLinks.Family, command, message => EthtoolScrubber.Scrub(command, message));
        foreach (var tool in RecordedPlaces.Tools)
            await RecordToolAsync(tool, cancellationToken).ConfigureAwait(false);
        _writer.Finish(new ImageDocument
        {
            Format = 1,
            Name = name,
            Kernel = _host.ReadText("/proc/sys/kernel/osrelease").Value ?? "",
            User = OperatingSystem.IsLinux() ? Libc.geteuid() : 0,
            Scrubbed = true,
        });
        return new HostRecording(_writer.Files, _writer.Bytes, _refused);
    }

    /// <summary>Goes down a pattern, one component at a time.</summary>
    private void Record(string path, ReadOnlySpan<string> rest, RecordedKind kind)
    {
        if (rest.IsEmpty)
        {
            Record(path, kind);
            return;
        }

        if (!rest[0].Contains('*', StringComparison.Ordinal))
        {
            Record($"{path}/{rest[0]}", rest[1..], kind);
            return;
        }

        var names = _host.List(path);
        if (!names.IsFound && names.ErrorNumber != NoEntry)
            Refuse(path, names.ErrorNumber);
        foreach (var name in names.Value ?? [])
        {
            if (FileSystemName.MatchesSimpleExpression(rest[0], name, ignoreCase: false) && IsOfInterest(path, name))
                Record($"{path}/{name}", rest[1..], kind);
        }
    }

    /// <summary>Of all PCI functions only network controllers, and those of vendors whose storage functions sit on the same card.</summary>
    private bool IsOfInterest(string path, string name) =>
        path != "/sys/bus/pci/devices"
        || _host.ReadHexadecimal($"{path}/{name}/class") >> 16 == 0x02
        || _host.ReadHexadecimal($"{path}/{name}/vendor") is 0x1425 or 0x1077 or 0x14e4 or 0x4040;

    private void Record(string path, RecordedKind kind)
    {
        if (_writer.Bytes > MostBytes || _writer.Files > MostFiles)
            return;
        switch (kind)
        {
            case RecordedKind.Link:
                if (_host.ReadLink(path).Value is { } target)
                    _writer.Link(path, target);
                break;
            case RecordedKind.Directory:
                if (_host.List(path).IsFound || _host.ReadLink(path).IsFound)
                    _writer.Folder(path);
                break;
            case RecordedKind.Presence:
                if (_host.ReadFile(path, 0).ErrorNumber is 0 or ErrorNumber.FileTooBig)
                    _writer.File(path, []);
                break;
            default:
                RecordFile(path, kind);
                break;
        }
    }

    private void RecordFile(string path, RecordedKind kind)
    {
        var answer = _host.ReadFile(path);
        if (answer.Value is not { } content)
        {
            if (answer.ErrorNumber is not (NoEntry or ErrorNumber.NotDirectory))
                Refuse(path, answer.ErrorNumber);
            return;
        }

        var text = Encoding.UTF8.GetString(content);
        _writer.File(path, Encoding.UTF8.GetBytes(kind == RecordedKind.Addresses ? _text.Scrub(text) : _text.ScrubName(text)));
    }

    private void RecordDriver(string device)
    {
        var request = EthtoolDriver.Request();
        var answer = _host.Ethtool(device, request);
        _writer.Ethtool(new EthtoolDocument
        {
            Interface = device,
            Request = Convert.ToHexStringLower(request.AsSpan().TrimEnd((byte)0)),
            Answer = answer.Value is { } structure ? Convert.ToHexStringLower(structure.AsSpan().TrimEnd((byte)0)) : null,
            Error = answer.IsFound ? null : ErrorNumber.Name(answer.ErrorNumber),
            Comment = "ETHTOOL_GDRVINFO",
        });
    }

    private void RecordDump(string family, int command, Func<byte[], byte[]?> scrub)
    {
        var answer = _host.Netlink(new NetlinkQuestion(family, command, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        if (answer.ErrorNumber == NoEntry)
            return; // No such family: the image says so by not having it.
        var bytes = answer.Value?.Sum(static message => (long)message.Length + MessageCost) ?? 0;
        var fits = bytes <= _netlinkLeft;
        _netlinkLeft -= fits ? bytes : 0;
        _writer.Netlink(new NetlinkDocument
        {
            Family = family,
            Command = command,
            Dump = true,
            Messages = fits && answer.Value is { } messages ? [.. messages.Select(scrub).OfType<byte[]>().Select(Convert.ToHexStringLower)] : null,
            Error = !fits ? ErrorNumber.Name(ErrorNumber.FileTooBig) : answer.IsFound ? null : ErrorNumber.Name(answer.ErrorNumber),
        });
    }

    private async ValueTask RecordToolAsync(ToolCommand tool, CancellationToken cancellationToken)
    {
        var answer = await _host.RunAsync(tool, cancellationToken).ConfigureAwait(false);
        if (answer.ErrorNumber == NoEntry)
            return; // Not installed: the image says so by not having it.
        string[] command = [tool.Tool, .. tool.Arguments];
        if (answer.Value is not { } output)
        {
            _writer.Tool(new ToolDocument { Command = command, Error = ErrorNumber.Name(answer.ErrorNumber) }, null);
            return;
        }

        var name = string.Concat(tool.ToString().Select(static character => char.IsAsciiLetterOrDigit(character) ? character : '-')) + ".txt";
        _writer.Tool(new ToolDocument { Command = command, Exit = output.ExitCode, Output = name }, _text.Scrub(Encoding.UTF8.GetString(output.Output)));
    }

    private void Refuse(string path, int error)
    {
        // Many a file of an interface that is down, or of the loopback, answers EINVAL to everybody.
        if (error is ErrorNumber.AccessDenied or ErrorNumber.NotPermitted)
            _refused.Add($"{path}: {LinuxException.Describe(error)}");
        if (ErrorNumber.TryParse(ErrorNumber.Name(error), out _))
            _writer.Error(path, error);
    }
}
