"""From published weights to graphs: reading them, the network, exporting, quantising. Only building imports this."""
