using System.Globalization;
using Toe.Chelsio.Policy;
using Toe.Chelsio.Tables;

namespace Toe.Chelsio.Adapters;

/// <summary>What a person should know about a card: settings that are not the usual ones, a policy that is not ours, known faults of what is installed.</summary>
internal static class ChelsioNotes
{
    private const string Documented = "3.14.0.3";
    private const string ReleaseNotes = "Chelsio Unified Wire 3.14.0.3, docs/Release Notes.txt";

    /// <summary>Open errata of the documented release that an application can meet.</summary>
    private static readonly (string Number, string Text)[] Errata =
    [
        ("40425", "a SYN flood at an offloaded listener may crash the kernel: keep listeners that strangers reach on the host stack"),
        ("40948", "`ss -tin` shows a negative Send-Q for offloaded connections"),
        ("40000", "asynchronous socket notification (O_ASYNC) does not work on offloaded sockets"),
        ("27853", "the MSS is 536 when the peer's SYN has none"),
        ("21788", "some incoming connections go to the host stack although their listener is offloaded"),
        ("21419", "connections stay behind when the last member of a bond is removed"),
        ("11454", "traffic goes on after a VLAN interface was set down"),
        ("7263", "IPv4-mapped IPv6 addresses are not offloaded"),
    ];

    public static IReadOnlyList<AdapterNote> Of(ChelsioReading reading, ChelsioOptions options, int generation)
    {
        var notes = new List<AdapterNote>(reading.Unread);
        if (reading.Offload is { Module: not null } device)
        {
            AddSettings(notes, reading, device.Name);
            AddPolicy(notes, reading, options, device);
        }

        if (reading.TomVersion == Documented)
            notes.AddRange(Errata.Select(static erratum => new AdapterNote(AdapterNoteKind.Advisory, erratum.Text, $"{ReleaseNotes}, {erratum.Number}")));
        if (reading is { HasStorageDriver: true, TomVersion: not null } && generation == 6)
            notes.Add(new AdapterNote(AdapterNoteKind.Advisory, "csiostor is loaded and was reported to crash T6 firmware: keep it from loading on this host", "truenas/linux, pull requests 7 and 8"));
        return notes;
    }

    private static void AddSettings(List<AdapterNote> notes, ChelsioReading reading, string device)
    {
        foreach (var setting in TomSettings.All)
        {
            if (setting.Usual is { } usual && reading.Setting(setting.Name) is { } value && value != usual)
            {
                notes.Add(new AdapterNote(
                    AdapterNoteKind.Setting, string.Create(CultureInfo.InvariantCulture, $"{setting.Name} is {value} instead of {usual}; {setting.Meaning}"), $"/proc/sys/toe/{device}_tom/{setting.Name}"));
            }
        }
    }

    private static void AddPolicy(List<AdapterNote> notes, ChelsioReading reading, ChelsioOptions options, OffloadDevice device)
    {
        var source = $"/proc/net/offload/{device.Name}/read-cop";
        if (reading.PolicyProblem is { } problem)
            notes.Add(new AdapterNote(AdapterNoteKind.Unread, $"a policy is loaded that cannot be read back, so which sockets it takes is not known: {problem}", source));
        if (CopWriter.Write(options) is not { } ours || !CopPolicy.TryParse(ours, out var wanted, out _))
            return;
        if (device.HasPolicy == false)
            notes.Add(new AdapterNote(AdapterNoteKind.Contradiction, "sockets are to be steered and no policy is loaded that would honour it", source));
        else if (reading.Policy is { } loaded && !loaded.Rules.Select(static rule => rule.Text).SequenceEqual(wanted.Rules.Select(static rule => rule.Text), StringComparer.Ordinal))
            notes.Add(new AdapterNote(AdapterNoteKind.Contradiction, $"the loaded policy is not the one that the SDK writes: {Difference(loaded, wanted)}", source));
    }

    private static string Difference(CopPolicy loaded, CopPolicy wanted)
    {
        for (var i = 0; i < wanted.Rules.Count; i++)
        {
            if (i >= loaded.Rules.Count)
                return $"'{wanted.Rules[i].Text}' is missing";
            if (loaded.Rules[i].Text != wanted.Rules[i].Text)
                return $"'{loaded.Rules[i].Text}' where '{wanted.Rules[i].Text}' should stand";
        }

        return $"'{loaded.Rules[wanted.Rules.Count].Text}' is more";
    }
}
