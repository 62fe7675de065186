namespace Toe.Emulated.Tests.Tcp.States;

/// <content>Before the connection stands.</content>
internal static partial class StateTables
{
    /// <summary>§3.10.7.1: a RST for everything but a RST.</summary>
    private const string Closed = """
        SYN                       | Closed      | RA zero 0      |
        SYN-ACK                   | Closed      | R 0            |
        SYN again                 | Closed      | RA zero 0      |
        ACK                       | Closed      | R 0            |
        ACK old                   | Closed      | R -2           |
        ACK older than any window | Closed      | R -65537       |
        ACK of data never sent    | Closed      | R 1            |
        data in order             | Closed      | R 0            |
        data out of window        | Closed      | R 0            |
        FIN                       | Closed      | R 0            |
        FIN, ACK of all sent      | Closed      | R 0            |
        RST exact                 | Closed      |                |
        RST in window             | Closed      |                |
        RST outside               | Closed      |                |
        RST, ACK                  | Closed      |                |
        URG                       | Closed      | R 0            |
        no ACK bit                | Closed      | RA zero 9      |
        bad checksum              | Closed      |                |
        OPEN                      | SynSent     | S ISS          | opened
        SEND                      | Closed      |                |
        RECEIVE                   | Closed      |                |
        CLOSE                     | Closed      |                |
        ABORT                     | Closed      |                |
        STATUS                    | Closed      |                |
        user time-out             | Closed      |                |
        retransmission time-out   | Closed      |                |
        2 MSL                     | Closed      |                |
        """;

    /// <summary>§3.10.7.2. An active OPEN leaves the listener as it is (MUST-41, MUST-42).</summary>
    private const string Listen = """
        SYN                       | SynReceived | SA ISS 0       |
        SYN-ACK                   | Listen      | R 0            |
        SYN again                 | SynReceived | SA ISS 0       |
        ACK                       | Listen      | R 0            |
        ACK old                   | Listen      | R -2           |
        ACK older than any window | Listen      | R -65537       |
        ACK of data never sent    | Listen      | R 1            |
        data in order             | Listen      | R 0            |
        data out of window        | Listen      | R 0            |
        FIN                       | Listen      | R 0            |
        FIN, ACK of all sent      | Listen      | R 0            |
        RST exact                 | Listen      |                |
        RST in window             | Listen      |                |
        RST outside               | Listen      |                |
        RST, ACK                  | Listen      |                |
        URG                       | Listen      | R 0            |
        no ACK bit                | Listen      |                |
        bad checksum              | Listen      |                |
        OPEN                      | SynSent     | S ISS          | opened
        SEND                      | Listen      |                |
        RECEIVE                   | Listen      |                |
        CLOSE                     | Closed      |                |
        ABORT                     | Closed      |                |
        STATUS                    | Listen      |                |
        user time-out             | Listen      |                |
        retransmission time-out   | Listen      |                |
        2 MSL                     | Listen      |                |
        """;

    /// <summary>§3.10.7.3.</summary>
    private const string SynSent = """
        SYN                       | SynReceived | SA -1 0        |
        SYN-ACK                   | Established | A 0 0          | connected
        SYN again                 | SynReceived | SA -1 0        |
        ACK                       | SynSent     |                |
        ACK old                   | SynSent     | R -2           |
        ACK older than any window | SynSent     | R -65537       |
        ACK of data never sent    | SynSent     | R 1            |
        data in order             | SynSent     |                |
        data out of window        | SynSent     |                |
        FIN                       | SynSent     |                |
        FIN, ACK of all sent      | SynSent     |                |
        RST exact                 | SynSent     |                |
        RST in window             | SynSent     |                |
        RST outside               | SynSent     |                |
        RST, ACK                  | Closed      |                | closed ConnectionRefused, ready Receive
        URG                       | SynSent     |                |
        no ACK bit                | SynSent     |                |
        bad checksum              | SynSent     |                |
        OPEN                      | SynSent     |                | AddressAlreadyInUse
        SEND                      | SynSent     |                | Done
        RECEIVE                   | SynSent     |                | WouldBlock
        CLOSE                     | Closed      |                | closed OperationAborted
        ABORT                     | Closed      |                |
        STATUS                    | SynSent     |                | SynSent
        user time-out             | Closed      | *              | closed TimedOut, ready Receive
        retransmission time-out   | SynSent     | S -1           |
        2 MSL                     | SynSent     | *              |
        """;

    /// <summary>§3.10.7.4 after a passive open: the application has no socket yet, CLOSE and ABORT stop its listener.</summary>
    private const string SynReceived = """
        SYN                       | Listen      |                |
        SYN-ACK                   | Listen      |                |
        SYN again                 | SynReceived | SA -1 0        |
        ACK                       | Established |                | accepted
        ACK old                   | SynReceived | R -2           |
        ACK older than any window | SynReceived | R -65537       |
        ACK of data never sent    | SynReceived | R 1            |
        data in order             | Established | A 0 10         | accepted
        data out of window        | SynReceived | A 0 0          |
        FIN                       | CloseWait   | A 0 1          | accepted
        FIN, ACK of all sent      | CloseWait   | A 0 1          | accepted
        RST exact                 | Listen      |                |
        RST in window             | SynReceived | A 0 0          |
        RST outside               | SynReceived |                |
        RST, ACK                  | Listen      |                |
        URG                       | Established | A 0 10         | accepted
        no ACK bit                | SynReceived |                |
        bad checksum              | SynReceived |                |
        OPEN                      | SynReceived |                | AddressAlreadyInUse
        SEND                      | SynReceived |                |
        RECEIVE                   | SynReceived |                |
        CLOSE                     | Closed      | RA 0 0         |
        ABORT                     | Closed      | RA 0 0         |
        STATUS                    | SynReceived |                |
        user time-out             | Listen      | *              |
        retransmission time-out   | SynReceived | SA -1 0        |
        2 MSL                     | SynReceived | *              |
        """;
}
