using System.Globalization;
using Toe.Chelsio.Adapters;
using Toe.Chelsio.Policy;
using Toe.Linux;

namespace Toe.Chelsio;

/// <summary>
/// Writes, compiles and loads the connection offload policy under which exactly the sockets that <see cref="ChelsioOptions"/> steers are offloaded. Nothing in this SDK
/// does so unless it is called. Source: Unified Wire 3.14.0.3, cop(8) and cxgbtool(8).
/// </summary>
public static class ChelsioPolicy
{
    private const int LongestName = 15; // IFNAMSIZ without its zero, linux/if.h

    /// <summary>The policy's text.</summary>
    /// <param name="options">What steers sockets.</param>
    /// <exception cref="ArgumentException">The options cannot be used, or steer nothing: then there is no policy to write.</exception>
    public static string Write(ChelsioOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Check() is { } wrong)
            throw new ArgumentException(wrong, nameof(options));
        return CopWriter.Write(options) ?? throw new ArgumentException($"Neither {nameof(options.Mark)} nor {nameof(options.Dscp)} is set: there is nothing to steer by.", nameof(options));
    }

    /// <summary>Compiles the policy with <c>cop</c>, loads it with <c>cxgbtool</c> for the card that has the interface, and reads back what is loaded. Replaces the policy that is loaded; it holds until the module goes, for connections from now on.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="interfaceName">One of the card's interfaces.</param>
    /// <param name="options">What steers sockets.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when the policy is loaded and reads back as written; else what went wrong, in the tools' words.</returns>
    /// <exception cref="ArgumentException">The options cannot be used, or the interface's name is none.</exception>
    public static async ValueTask<string?> LoadAsync(ILinuxHost host, string interfaceName, ChelsioOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentException.ThrowIfNullOrEmpty(interfaceName);
        var text = Write(options);
        if (interfaceName.Length > LongestName || interfaceName[0] == '-' || !interfaceName.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-'))
            throw new ArgumentException($"'{interfaceName}' is no name of an interface.", nameof(interfaceName));
        if (host.IsReplayed)
            return $"{host.Name} is played back: nothing can be loaded there";
        var folder = Directory.CreateTempSubdirectory("toe-cop-"); // Mode 0700: nobody puts another policy into its place.
        try
        {
            var (source, compiled) = (Path.Combine(folder.FullName, "policy.txt"), Path.Combine(folder.FullName, "policy.cop"));
            await File.WriteAllTextAsync(source, text, cancellationToken).ConfigureAwait(false);
            return await RunAsync(host, new ToolCommand("cop", "-o", compiled, source), cancellationToken).ConfigureAwait(false)
                ?? await RunAsync(host, new ToolCommand("cxgbtool", interfaceName, "policy", compiled), cancellationToken).ConfigureAwait(false)
                ?? ReadBack(host, interfaceName, text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async ValueTask<string?> RunAsync(ILinuxHost host, ToolCommand command, CancellationToken cancellationToken)
    {
        var answer = await host.RunAsync(command, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } output)
            return answer.ErrorNumber == 2 ? $"{command.Tool} is not installed: it comes with Chelsio Unified Wire" : $"{command.Tool}: {answer.Reason}";
        return output.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{command.Tool} ended with {output.ExitCode}: {output.Error.Trim()}");
    }

    private static string? ReadBack(ILinuxHost host, string interfaceName, string text)
    {
        var loaded = ChelsioReader.ReadLoadedPolicy(host, interfaceName, out var problem);
        if (loaded is null)
            return $"the policy was loaded and cannot be read back: {problem}";
        return CopPolicy.TryParse(text, out var wanted, out _) && loaded.Rules.Select(static rule => rule.Text).SequenceEqual(wanted.Rules.Select(static rule => rule.Text), StringComparer.Ordinal)
            ? null
            : "another policy reads back than was loaded";
    }
}
