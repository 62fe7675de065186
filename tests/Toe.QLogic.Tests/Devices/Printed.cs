namespace Toe.QLogic.Tests.Devices;

/// <summary>What a driver prints, before the fields cut it, and what that says.</summary>
internal sealed record Printed(string Driver, string Firmware, string Version, FirmwareVersion Adapter, FirmwareVersion? Storm)
{
    public static Printed As(string layout, FirmwareVersion first, FirmwareVersion second)
    {
        var three = first with { Build = 0 };
        var shortly = $"{first.Major}.{first.Minor}.{first.Micro}";
        return layout switch
        {
            "qede until 2017" => new("qede", $"mfw {first} storm {second}", "8.10.10.21", first, second),
            "qede until 2017, without labels" => new("qede", $"{first} {second}", "8.10.10.21", first, second),
            "qede, board's image" => new("qede", $"mbi {shortly} [mfw {second}]", $"{first} [storm {first}]", second, first),
            "qede, no image" => new("qede", $"mfw {first}", $"[storm {second}]", first, second),
            "qede, driver's version without label" => new("qede", $"mfw {first}", $"{first} {second}", first, second),
            "bnx2x" => new("bnx2x", $"mbi {second.Major}.{second.Minor}.{second.Micro} bc {shortly} phy {second.Build}.{second.Major}", "6.1.0", three, null),
            _ => new("bnx2", $"{second} bc {shortly} NCSI {second.Build}.1", "6.1.0", three, null),
        };
    }
}
