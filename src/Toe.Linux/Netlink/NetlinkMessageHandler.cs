namespace Toe.Linux;

/// <summary>Takes one data message of an answer.</summary>
delegate void NetlinkMessageHandler(NetlinkMessage message);
