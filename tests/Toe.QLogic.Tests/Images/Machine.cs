using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Toe.Linux;

namespace Toe.QLogic.Tests.Images;

/// <summary>A machine written for one test: PCI functions with an interface each, and what stands beside them. It is played back from a folder of its own.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private const string Pci = "/sys/bus/pci/devices";
    private const string Infiniband = "/sys/class/infiniband";

    private readonly string _folder = Directory.CreateTempSubdirectory("toe-qlogic-").FullName;
    private readonly JsonObject _links = [];
    private readonly JsonArray _directories = [];
    private readonly JsonArray _calls = [];
    private readonly JsonArray _netlink = [];
    private readonly JsonArray _moments = [];
    private int _interfaces;

    /// <summary>An Ethernet function, or another one when it has no driver that answers.</summary>
    public Machine Function(string address, int vendor, int device, string? driver, string? firmware = null, string version = "6.12.0", bool carrier = true)
    {
        File($"{Pci}/{address}/vendor", string.Create(CultureInfo.InvariantCulture, $"0x{vendor:x4}"));
        File($"{Pci}/{address}/device", string.Create(CultureInfo.InvariantCulture, $"0x{device:x4}"));
        File($"{Pci}/{address}/class", "0x020000");
        if (driver is not null)
            _links[$"{Pci}/{address}/driver"] = $"../../../../bus/pci/drivers/{driver}";
        if (firmware is null)
            return this;
        var name = string.Create(CultureInfo.InvariantCulture, $"eth{++_interfaces}");
        _directories.Add($"{Pci}/{address}/net/{name}");
        File($"/sys/class/net/{name}/ifindex", _interfaces.ToString(CultureInfo.InvariantCulture));
        File($"/sys/class/net/{name}/carrier", carrier ? "1" : "0");
        var answer = new byte[196];
        BinaryPrimitives.WriteInt32LittleEndian(answer, 3);
        string[] fields = [driver ?? "", version, firmware, address];
        for (var i = 0; i < fields.Length; i++)
            Encoding.ASCII.GetBytes(fields[i].AsSpan(0, Math.Min(31, fields[i].Length)), answer.AsSpan(4 + (32 * i))); // struct ethtool_drvinfo, linux/ethtool.h
        _calls.Add(new JsonObject { ["interface"] = name, ["request"] = "03", ["answer"] = Convert.ToHexStringLower(answer) });
        return this;
    }

    /// <summary>An RDMA device on a function; null for a file that is not there.</summary>
    public Machine Rdma(string address, string name, string? nodeType, string? type, string firmware = "8.59.1.0", bool usable = true)
    {
        _links[$"{Infiniband}/{name}/device"] = $"../../../devices/{address}";
        if (nodeType is not null)
            File($"{Infiniband}/{name}/node_type", nodeType);
        if (type is not null)
            File($"{Infiniband}/{name}/hca_type", type);
        File($"{Infiniband}/{name}/node_desc", "QLogic 579xx RoCE HCA");
        File($"{Infiniband}/{name}/fw_ver", firmware);
        File($"{Infiniband}/{name}/ports/1/state", "4: ACTIVE");
        File($"{Infiniband}/{name}/ports/1/gid_attrs/ndevs/0", "eth1");
        if (usable)
            File($"/sys/class/infiniband_verbs/uverbs0/ibdev", name);
        return Module("qedr");
    }

    /// <summary>The last function's interface is there and detached: its driver does not answer.</summary>
    public Machine Detached()
    {
        var call = _calls[^1]!.AsObject();
        call.Remove("answer");
        call["error"] = "ENODEV";
        return this;
    }

    /// <summary>A moment later these are gone, with everything under them.</summary>
    public Machine Gone(string moment, params string[] paths)
    {
        _moments.Add(moment);
        Directory.CreateDirectory(Path.Combine(_folder, "moments", moment));
        System.IO.File.WriteAllText(Path.Combine(_folder, "moments", moment, "tree.json"), new JsonObject { ["gone"] = new JsonArray([.. paths.Select(static path => JsonValue.Create(path))]) }.ToJsonString());
        return this;
    }

    public Machine Module(string name, string? version = null)
    {
        _directories.Add($"/sys/module/{name}/parameters");
        if (version is not null)
            File($"/sys/module/{name}/version", version);
        return this;
    }

    /// <summary>devlink's reporter fw_fatal of a function. Source: linux/devlink.h.</summary>
    public Machine FatalErrors(string address, bool isHealthy)
    {
        var reporter = (byte[])[.. Attribute(115, "fw_fatal\0"u8), .. Attribute(116, [isHealthy ? (byte)0 : (byte)1])];
        var message = (byte[])[52, 1, 0, 0, .. Attribute(1, "pci\0"u8), .. Attribute(2, Encoding.ASCII.GetBytes(address + "\0")), .. Attribute(114, reporter)];
        _netlink.Add(new JsonObject
        {
            ["family"] = "devlink",
            ["command"] = 52,
            ["dump"] = true,
            ["request"] = "",
            ["messages"] = new JsonArray(Convert.ToHexStringLower(message)),
        });
        return this;
    }

    public Machine File(string path, string content)
    {
        var place = Path.Combine([_folder, "files", .. path.Trim('/').Split('/').Select(static part => part.Replace(":", "%3A", StringComparison.Ordinal))]);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        System.IO.File.WriteAllText(place, content + "\n");
        return this;
    }

    public HostImage Open()
    {
        System.IO.File.WriteAllText(
            Path.Combine(_folder, "image.json"), new JsonObject { ["format"] = 1, ["name"] = "written for a test", ["moments"] = _moments }.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(_folder, "tree.json"), new JsonObject { ["links"] = _links, ["directories"] = _directories }.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(_folder, "calls.json"), new JsonObject { ["ethtool"] = _calls, ["netlink"] = _netlink }.ToJsonString());
        return HostImage.Open(_folder);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[(4 + value.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}
